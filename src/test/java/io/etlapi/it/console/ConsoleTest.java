package io.etlapi.it.console;

import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One server and one browser for all tests of the console, as a parameter of type {@link Operator}.
 * Without a browser on the machine these tests are skipped, with one line that nobody overlooks.
 */
final class ConsoleTest implements ExecutionCondition, ParameterResolver {

  /** Tasks that the shared server runs at the same time. */
  static final int MAX_CONCURRENT = 4;

  private static final Namespace NAMESPACE = Namespace.create(ConsoleTest.class);
  private static final AtomicBoolean SAID = new AtomicBoolean();

  /** What all of them share; ends with the last of them. */
  record Stage(ServerProcess server, Chromium chromium, TestFiles files) implements AutoCloseable {

    EtlClient client() {
      return server.client();
    }

    @Override
    public void close() {
      chromium.close();
      server.close();
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (Chromium.find().isPresent()) {
      return ConditionEvaluationResult.enabled("there is a browser");
    }
    if (SAID.compareAndSet(false, true)) {
      System.err.println(
          "\n**** SKIPPED: ALL TESTS OF THE CONSOLE. There is no Chromium on this machine's PATH"
              + " (Debian: apt-get install chromium). ****\n");
    }
    return ConditionEvaluationResult.disabled("no Chromium on the PATH");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Stage.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Stage.class, key -> start(), Stage.class);
  }

  private static Stage start() {
    Optional<Path> executable = Chromium.find();
    Path data = TestBuild.emptyFolder("console-data");
    ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "console",
            Map.of(
                "MAX_CONCURRENT_TASKS", Integer.toString(MAX_CONCURRENT),
                "ETL_DATA_ROOTS", data.toString(),
                "ETL_ENGINE_MEMORY", "1G"));
    // Both take seconds: the browser starts while the server does.
    server.launch();
    Chromium chromium = Chromium.start(executable.orElseThrow());
    server.awaitHealthy();
    return new Stage(server, chromium, new TestFiles(data));
  }
}
