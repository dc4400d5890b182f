package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.Commands;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.GuardedClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WildFly's own realm for applications, as it is shipped. */
@Tag("servers")
class WildFlyRealmIT {

  private static final String PASSWORD = "correct-Horse-7";

  private final ServerProcess server =
      ServerProcess.of(
          ServerKind.WILDFLY,
          "realm-wildfly",
          Map.of("ETL_REALM_AUTH", "true", "ETL_ENGINE_MEMORY", "512M"));
  private final EtlClient api = server.client();
  private final Path folder = Path.of("target", "it", "realm-wildfly").toAbsolutePath();

  @Test
  void usersAreServedByTheirGroups() {
    try (server) {
      server.launch();
      Await.until("it is ready", ServerProcess.START_LIMIT, this::isReady, server::logTail);
      addUser("ada", "operator");
      addUser("eve", "nobody");
      GuardedClient nobody = new GuardedClient(server.uri());
      GuardedClient ada = nobody.with("Authorization", basic("ada", PASSWORD));

      assertEquals(401, nobody.get("/tasks").status());
      Answer session = ada.get("/session");
      assertEquals("ada", session.string("principal"), session::toString);
      assertEquals("[viewer, operator]", String.valueOf(session.at("roles")));
      assertEquals(200, ada.get("/tasks").status());
      assertEquals(403, ada.get("/tokens").status());
      assertEquals(401, nobody.with("Authorization", basic("ada", "wrong")).get("/tasks").status());
      // A user of the server, but of none of our groups.
      assertEquals(
          401, nobody.with("Authorization", basic("eve", PASSWORD)).get("/tasks").status());
    }
  }

  private boolean isReady() {
    return api.tryGet("/health/ready").map(now -> now.status() == 200).orElse(false);
  }

  private void addUser(String name, String group) {
    Path configuration = folder.resolve("wildfly/configuration");
    bin(
        "add-user.sh",
        "-sc",
        configuration.toString(),
        "-a",
        "-u",
        name,
        "-p",
        PASSWORD,
        "-g",
        group);
    bin(
        "jboss-cli.sh",
        "--connect",
        "--controller=127.0.0.1:" + server.adminPort(),
        "/subsystem=elytron/properties-realm=ApplicationRealm:load()");
  }

  private void bin(String program, String... arguments) {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(TestBuild.wildfly().resolve("bin/" + program).toString()));
    command.addAll(List.of(arguments));
    Commands.run(
        folder,
        Map.of("JBOSS_HOME", TestBuild.wildfly().toString(), "JAVA_OPTS", "-Xmx128m"),
        command);
  }

  private static String basic(String name, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
