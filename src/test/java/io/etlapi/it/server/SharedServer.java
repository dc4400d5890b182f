package io.etlapi.it.server;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One Payara Micro for all test classes that ask for it: a start costs seconds. Tests that kill
 * their server bring their own.
 */
public final class SharedServer implements BeforeAllCallback, ParameterResolver {

  /** Small, so that a burst is far above it. */
  public static final int MAX_CONCURRENT = 4;

  public static final int QUEUE_CAPACITY = 200;

  /** A DataSource that Payara brings along: an empty H2. */
  public static final String DATASOURCE = "jdbc/__default";

  private static final Namespace NAMESPACE = Namespace.create(SharedServer.class);

  private record Running(ServerProcess server, TestFiles files) implements AutoCloseable {
    @Override
    public void close() {
      server.close();
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == ServerProcess.class || type == EtlClient.class || type == TestFiles.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    Running running = running(context);
    if (type == TestFiles.class) {
      return running.files();
    }
    return type == EtlClient.class ? running.server().client() : running.server();
  }

  private static Running running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Running.class, key -> start(), Running.class);
  }

  private static Running start() {
    Path data = TestBuild.emptyFolder("shared-data");
    ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "shared",
            Map.of(
                "MAX_CONCURRENT_TASKS",
                Integer.toString(MAX_CONCURRENT),
                "ETL_QUEUE_CAPACITY",
                Integer.toString(QUEUE_CAPACITY),
                "ETL_DATA_ROOTS",
                data.toString(),
                "ETL_DATASOURCES",
                DATASOURCE,
                "ETL_ENGINE_MEMORY",
                "1G"));
    return new Running(server.start(), new TestFiles(data));
  }
}
