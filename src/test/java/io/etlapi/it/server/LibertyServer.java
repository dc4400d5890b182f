package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A server of Open Liberty with the files of its page and the settings in its JVM options. */
final class LibertyServer implements Deployments {

  private static final String SERVER = "etl";

  private final ServerSite site;

  LibertyServer(ServerSite site) {
    this.site = site;
  }

  void prepare(List<String> jvm) throws IOException {
    Path shipped = TestBuild.serverConfig().resolve("open-liberty");
    Files.createDirectories(folder().resolve("apps"));
    Files.createDirectories(folder().resolve("configDropins/overrides"));
    for (String name : List.of("server.xml", "jvm.options")) {
      Files.copy(
          shipped.resolve(name), folder().resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> options = new ArrayList<>(Files.readAllLines(folder().resolve("jvm.options")));
    // The first word of a command line is the program.
    options.addAll(jvm.subList(1, jvm.size()));
    Files.write(folder().resolve("jvm.options"), options);
    Files.write(
        folder().resolve("bootstrap.properties"),
        List.of("etl.port=" + site.port(), "etl.context.root=" + site.contextRoot()));
    if (!Files.exists(deployed())) {
      Files.copy(TestBuild.war(), deployed());
    }
  }

  List<String> command() {
    return List.of(
        // Both replace themselves by what they start: the process is the server itself.
        "env",
        "JAVA_HOME=" + System.getProperty("java.home"),
        "WLP_USER_DIR=" + site.folder().resolve("usr"),
        TestBuild.openLiberty().resolve("bin/server").toString(),
        "run",
        SERVER);
  }

  Path deployed() {
    return app(FIRST);
  }

  @Override
  public void deploySecond(String name, String contextRoot) {
    try {
      Files.copy(TestBuild.war(), app(name));
      Files.writeString(
          dropin(name),
          """
          <server>
            <webApplication id="%1$s" location="%1$s.war" contextRoot="%2$s"/>
          </server>
          """
              .formatted(name, contextRoot));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void redeploy() {
    // An application whose file was replaced is started anew.
    try {
      Path copy = folder().resolve("etl-api.war.new");
      Files.copy(TestBuild.war(), copy, StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, deployed(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void undeploy(String name) {
    try {
      Files.deleteIfExists(dropin(name));
      Files.delete(app(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path dropin(String name) {
    return folder().resolve("configDropins/overrides").resolve(name + ".xml");
  }

  private Path folder() {
    return site.folder().resolve("usr/servers").resolve(SERVER);
  }

  private Path app(String name) {
    return folder().resolve("apps").resolve(name + ".war");
  }
}
