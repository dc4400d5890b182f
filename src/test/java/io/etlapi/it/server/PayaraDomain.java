package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A domain of Payara Server, made and set up by {@code asadmin} as its page says. The process is
 * the one that {@code asadmin start-domain} would start, so that a kill hits the server itself.
 */
final class PayaraDomain implements Deployments {

  private static final String DOMAIN = "etl";
  private static final Duration LIMIT = Duration.ofMinutes(8);

  /** What the log says when the domain has started, and when an application of it has. */
  private static final String STARTED = "NCLS-CORE-00017";

  private static final String LOADED = "NCLS-CORE-00022";

  private final ServerSite site;

  PayaraDomain(ServerSite site) {
    this.site = site;
  }

  /** Makes the domain if there is none, on ports of its own. */
  void prepare() {
    if (Files.exists(folder())) {
      return;
    }
    List<String> names =
        List.of(
            "jms.port",
            "domain.jmxPort",
            "orb.listener.port",
            "http.ssl.port",
            "orb.ssl.port",
            "orb.mutualauth.port",
            "osgi.shell.telnet.port",
            "java.debugger.port",
            "hazelcast.das.port",
            "hazelcast.start.port");
    Iterator<Integer> ports = FreePorts.find(names.size()).iterator();
    List<String> properties = names.stream().map(name -> name + "=" + ports.next()).toList();
    asadmin(
        "create-domain",
        "--domaindir",
        domains().toString(),
        "--nopassword",
        "--checkports=false",
        "--adminport",
        Integer.toString(site.adminPort()),
        "--instanceport",
        Integer.toString(site.port()),
        "--domainproperties",
        String.join(":", properties),
        DOMAIN);
  }

  /** What {@code start-domain} would run, with the settings as system properties. */
  List<String> command(List<String> jvm) {
    try {
      // What the log says from now on is said by this start.
      Files.deleteIfExists(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> start =
        new ArrayList<>(List.of("start-domain", "--dry-run", "--domaindir", domains().toString()));
    if (!Files.exists(deployed())) {
      // What these commands set is kept in the domain: once is enough.
      start.add("--prebootcommandfile");
      start.add(TestBuild.serverConfig().resolve("payara-server/setup.asadmin").toString());
    }
    start.add(DOMAIN);
    List<String> shown = asadmin(start.toArray(String[]::new)).lines().toList();
    int java = 0;
    while (!shown.get(java).endsWith("/bin/java")) {
      java++;
    }
    int end = java;
    while (end < shown.size()
        && !shown.get(end).isBlank()
        && !shown.get(end).startsWith("Command ")) {
      end++;
    }
    List<String> command = new ArrayList<>(shown.subList(java, end));
    // asadmin would hand over a password; this domain has none.
    command.set(command.indexOf("-read-stdin") + 1, "false");
    command.addAll(1, jvm.subList(1, jvm.size()));
    return command;
  }

  /** Deploys the WAR once; at later starts, waits until the domain has loaded it. */
  void launched() {
    Await.until("the domain has started", LIMIT, () -> says(STARTED));
    if (Files.exists(deployed())) {
      // An application that is redeployed while it still loads is gone.
      Await.until("the application has been loaded", LIMIT, () -> says(LOADED));
    } else {
      deploy("deploy", FIRST, site.contextRoot());
    }
  }

  /** The file that the domain keeps of what it deployed. */
  Path deployed() {
    return folder().resolve("applications/__internal").resolve(FIRST).resolve("etl-api.war");
  }

  @Override
  public void deploySecond(String name, String contextRoot) {
    deploy("deploy", name, contextRoot);
  }

  @Override
  public void redeploy() {
    deploy("redeploy", FIRST, site.contextRoot());
  }

  @Override
  public void undeploy(String name) {
    asadmin("undeploy", name);
  }

  private void deploy(String verb, String name, String contextRoot) {
    asadmin(verb, "--name", name, "--contextroot", contextRoot, TestBuild.war().toString());
  }

  private boolean says(String message) {
    try {
      return Files.exists(log())
          && Files.readString(log(), StandardCharsets.ISO_8859_1).contains(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String asadmin(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(TestBuild.payaraServer().resolve("bin/asadmin").toString());
    command.add("--interactive=false");
    command.add("--port");
    command.add(Integer.toString(site.adminPort()));
    command.addAll(List.of(arguments));
    return Commands.run(site.folder(), Map.of(), command);
  }

  private Path log() {
    return folder().resolve("logs/server.log");
  }

  private Path domains() {
    return site.folder().resolve("domains");
  }

  private Path folder() {
    return domains().resolve(DOMAIN);
  }
}
