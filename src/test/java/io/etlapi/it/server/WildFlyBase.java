package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A base folder of a WildFly whose modules stay where they were provisioned, set up by the CLI as
 * its page says.
 */
final class WildFlyBase implements Deployments {

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final ServerSite site;

  WildFlyBase(ServerSite site) {
    this.site = site;
  }

  void prepare() throws IOException {
    if (!Files.exists(base())) {
      Path shipped = TestBuild.wildfly().resolve("standalone/configuration");
      Files.createDirectories(scanned());
      Files.createDirectories(base().resolve("configuration"));
      try (var files = Files.list(shipped)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, base().resolve("configuration").resolve(file.getFileName().toString()));
        }
      }
      // Offline: the CLI starts a server within itself that opens no port.
      cli("--file=" + TestBuild.serverConfig().resolve("wildfly/setup.cli"));
      Files.copy(TestBuild.war(), deployed());
    }
    if (!site.contextRoot().equals(contextRoot())) {
      Path script = site.folder().resolve("context-root.cli");
      Files.writeString(
          script, "embed-server --std-out=echo\n" + overlay(FIRST, site.contextRoot()));
      cli("--file=" + script);
    }
  }

  List<String> command(List<String> jvm) {
    Path home = TestBuild.wildfly();
    List<String> command = new ArrayList<>(jvm);
    command.addAll(
        List.of(
            "-Djboss.server.base.dir=" + base(),
            "-Djboss.home.dir=" + home,
            "-Dlogging.configuration=" + base().resolve("configuration/logging.properties").toUri(),
            "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.management/javax.management=ALL-UNNAMED",
            "--add-opens=java.naming/javax.naming=ALL-UNNAMED",
            "-jar",
            home.resolve("jboss-modules.jar").toString(),
            "-mp",
            home.resolve("modules").toString(),
            "org.jboss.as.standalone",
            "-b=127.0.0.1",
            "-bmanagement=127.0.0.1",
            "-Djboss.http.port=" + site.port(),
            "-Djboss.management.http.port=" + site.adminPort()));
    return command;
  }

  Path deployed() {
    return scanned().resolve("etl-api.war");
  }

  @Override
  public void deploySecond(String name, String contextRoot) {
    try {
      online(overlay(name, contextRoot));
      Files.copy(TestBuild.war(), scanned().resolve(name + ".war.copying"));
      Files.move(scanned().resolve(name + ".war.copying"), scanned().resolve(name + ".war"));
      awaitMarker(name + ".war.deployed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void redeploy() {
    Path marker = scanned().resolve("etl-api.war.deployed");
    try {
      Files.delete(marker);
      awaitMarker("etl-api.war.undeployed");
      Files.createFile(scanned().resolve("etl-api.war.dodeploy"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitMarker("etl-api.war.deployed");
  }

  @Override
  public void undeploy(String name) {
    try {
      Files.delete(scanned().resolve(name + ".war.deployed"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitMarker(name + ".war.undeployed");
  }

  private void awaitMarker(String name) {
    Await.until(name + " appears", LIMIT, () -> Files.exists(scanned().resolve(name)));
  }

  /** What the descriptor in the WAR says, or the overlay that takes its place. */
  private String contextRoot() throws IOException {
    Path root = site.folder().resolve(FIRST + ".root");
    return Files.exists(root) ? Files.readString(root) : "/";
  }

  /** The commands that put another context root over the one in the WAR. */
  private String overlay(String name, String contextRoot) throws IOException {
    Path descriptor = site.folder().resolve(name + "-jboss-web.xml");
    Files.writeString(
        descriptor,
        "<jboss-web><context-root>"
            + contextRoot
            + "</context-root><security-domain>other</security-domain></jboss-web>\n");
    Files.writeString(site.folder().resolve(name + ".root"), contextRoot);
    return "deployment-overlay add --name="
        + name
        + "-root --content=/WEB-INF/jboss-web.xml="
        + descriptor
        + " --deployments="
        + name
        + ".war\n";
  }

  private void cli(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(TestBuild.wildfly().resolve("bin/jboss-cli.sh").toString());
    command.addAll(List.of(arguments));
    Commands.run(
        site.folder(),
        Map.of(
            "JBOSS_HOME",
            TestBuild.wildfly().toString(),
            "JAVA_OPTS",
            "-Xmx256m -Djboss.server.base.dir=" + base()),
        command);
  }

  private void online(String commands) throws IOException {
    Path script = site.folder().resolve("online.cli");
    Files.writeString(script, commands);
    cli("--connect", "--controller=127.0.0.1:" + site.adminPort(), "--file=" + script);
  }

  private Path base() {
    return site.folder().resolve("wildfly");
  }

  private Path scanned() {
    return base().resolve("deployments");
  }
}
