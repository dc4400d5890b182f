package io.etlapi.it.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a server is laid out in a folder of its own and started from it. */
public enum ServerKind {
  /** The jar unpacks itself below the folder at every start. */
  PAYARA_MICRO {
    @Override
    List<String> command(ServerSite site) {
      Path config = TestBuild.serverConfig().resolve("payara-micro");
      List<String> command = jvm(site);
      command.addAll(
          List.of(
              "-jar",
              TestBuild.payaraMicro().toString(),
              "--nocluster",
              "--disablephonehome",
              "--rootDir",
              site.folder().resolve("payara-micro").toString(),
              "--prebootcommandfile",
              config.resolve("preboot.asadmin").toString(),
              "--logproperties",
              config.resolve("logging.properties").toString(),
              "--port",
              Integer.toString(site.port()),
              "--deploy",
              TestBuild.war().toString(),
              "--contextroot",
              site.contextRoot()));
      return command;
    }

    @Override
    void prepare(ServerSite site) {
      // It remembers what was deployed, and would deploy it twice.
      TestBuild.delete(site.folder().resolve("payara-micro"));
    }

    @Override
    Path deployed(ServerSite site) {
      // It unpacks the file that it is given, and keeps no copy.
      return TestBuild.war();
    }
  },

  /** A domain of its own, made by asadmin. */
  PAYARA_SERVER {
    @Override
    void prepare(ServerSite site) {
      new PayaraDomain(site).prepare();
    }

    @Override
    List<String> command(ServerSite site) {
      return new PayaraDomain(site).command(jvm(site));
    }

    @Override
    void launched(ServerSite site) {
      new PayaraDomain(site).launched();
    }

    @Override
    Path deployed(ServerSite site) {
      return new PayaraDomain(site).deployed();
    }

    @Override
    Optional<Deployments> deployments(ServerSite site) {
      return Optional.of(new PayaraDomain(site));
    }

    @Override
    boolean movesByRedeploy() {
      return true;
    }
  },

  /** Modules stay where they were provisioned; each server has its own base folder. */
  WILDFLY {
    @Override
    void prepare(ServerSite site) throws IOException {
      new WildFlyBase(site).prepare();
    }

    @Override
    List<String> command(ServerSite site) {
      return new WildFlyBase(site).command(jvm(site));
    }

    @Override
    Path deployed(ServerSite site) {
      return new WildFlyBase(site).deployed();
    }

    @Override
    Optional<Deployments> deployments(ServerSite site) {
      return Optional.of(new WildFlyBase(site));
    }
  },

  /** A user folder of its own beside the installation. */
  OPEN_LIBERTY {
    @Override
    void prepare(ServerSite site) throws IOException {
      new LibertyServer(site).prepare(jvm(site));
    }

    @Override
    List<String> command(ServerSite site) {
      return new LibertyServer(site).command();
    }

    @Override
    Path deployed(ServerSite site) {
      return new LibertyServer(site).deployed();
    }

    @Override
    Optional<Deployments> deployments(ServerSite site) {
      return Optional.of(new LibertyServer(site));
    }
  };

  /** Lays the server out; does nothing where that is already done. */
  abstract void prepare(ServerSite site) throws IOException;

  /** The whole command line. Called before every start, after {@link #prepare}. */
  abstract List<String> command(ServerSite site);

  /** The file that the server deploys. */
  abstract Path deployed(ServerSite site);

  /** What is left to be done once the process runs. */
  void launched(ServerSite site) {}

  /** Empty where a running server deploys nothing. */
  Optional<Deployments> deployments(ServerSite site) {
    return Optional.empty();
  }

  /** Whether {@link Deployments#redeploy} takes the application to another context root. */
  boolean movesByRedeploy() {
    return false;
  }

  /** A small machine that starts fast: these tests are about answers, not about peak speed. */
  private static List<String> jvm(ServerSite site) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Duser.timezone=UTC",
            "-Dslf4j.internal.verbosity=ERROR",
            "-Dfile.encoding=UTF-8",
            "-Djava.io.tmpdir=" + site.folder().resolve("tmp")));
    site.settings().forEach((key, value) -> command.add("-D" + key + "=" + value));
    return command;
  }
}
