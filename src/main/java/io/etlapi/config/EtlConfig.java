package io.etlapi.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All settings, typed and validated. Made once at start by {@link EtlConfigReader}; the README
 * lists the keys with their defaults.
 *
 * @param tasks how many tasks run and wait
 * @param storage where state lies and how long it is kept
 * @param engine bounds of the embedded engine
 * @param paths what steps may read and write
 * @param http bounds and cross-site rules of the interface
 * @param start what happens at the start beside the service itself
 * @param steps where the operator's own steps come from
 * @param security who may call
 */
public record EtlConfig(
    Tasks tasks,
    Storage storage,
    Engine engine,
    Paths paths,
    Http http,
    Start start,
    Steps steps,
    Security security) {

  /**
   * How many tasks run and wait.
   *
   * @param maxConcurrent tasks that do work at the same time, 1..256
   * @param queueCapacity tasks that wait, 1..1,000,000
   * @param shutdownGrace how long running tasks may go on when the server stops, at most 20 s: a
   *     server kills what takes longer
   */
  public record Tasks(int maxConcurrent, int queueCapacity, Duration shutdownGrace) {}

  /**
   * Where state lies and how long it is kept.
   *
   * @param directory absolute
   * @param taskTtl age at which a finished task is removed
   * @param controlRetention age at which a control's run dates are removed; zero keeps them
   * @param minFreeBytes below this much free space new runs are refused
   * @param maxOutputBytes quota on all outputs together; 0 for none
   */
  public record Storage(
      Path directory,
      Duration taskTtl,
      Duration controlRetention,
      long minFreeBytes,
      long maxOutputBytes) {}

  /**
   * Bounds of the embedded engine.
   *
   * @param memoryBytes memory of all sessions together
   * @param permits sessions (and threads) at the same time
   * @param maxTempBytes what one session may spill to disk
   */
  public record Engine(long memoryBytes, int permits, long maxTempBytes) {}

  /**
   * What requests may name.
   *
   * @param dataRoots folders that steps may read, absolute
   * @param outputRoots folders that an explicit output path may lie in, absolute
   * @param dataSources JNDI names of the server's JDBC DataSources that steps may use
   */
  public record Paths(List<Path> dataRoots, List<Path> outputRoots, List<String> dataSources) {
    public Paths {
      dataRoots = List.copyOf(dataRoots);
      outputRoots = List.copyOf(outputRoots);
      dataSources = List.copyOf(dataSources);
    }
  }

  /**
   * What happens at the start.
   *
   * @param runSample whether the shipped sample runs once when the storage is new
   * @param publicUrl where clients find this server, for what it prints; empty if it is not known
   * @param logFormat how our lines are logged
   */
  public record Start(boolean runSample, Optional<String> publicUrl, LogFormat logFormat) {

    /** A start that logs as the server does. */
    public Start(boolean runSample, Optional<String> publicUrl) {
      this(runSample, publicUrl, LogFormat.SERVER);
    }
  }

  /** How our log lines are written. */
  public enum LogFormat {
    /** By the server, with its own lines and in its own format. */
    SERVER,
    /** Each as one JSON object on standard output, and nowhere else. */
    JSON
  }

  /**
   * Where the operator's own steps come from.
   *
   * @param directory step definitions, pipelines and jars; empty for none
   * @param processes whether steps may start processes of this machine
   * @param secrets a folder with a file for each secret; empty for none
   */
  public record Steps(Optional<Path> directory, boolean processes, Optional<Path> secrets) {}

  /**
   * Bounds and cross-site rules of the interface.
   *
   * @param maxBodyBytes size of a request body
   * @param maxJsonDepth nesting of a request body
   * @param maxJsonFields members in a request body
   * @param corsOrigins origins that may read answers and send changes, such as {@code
   *     https://etl.example.org}; empty: only this server's own
   * @param maxListeners clients that follow live events at the same time, 1..100,000
   */
  public record Http(
      long maxBodyBytes,
      int maxJsonDepth,
      int maxJsonFields,
      List<String> corsOrigins,
      int maxListeners) {
    public Http {
      corsOrigins = List.copyOf(corsOrigins);
    }
  }

  /**
   * Who may call.
   *
   * @param tokensFile a JSON file of tokens; empty for none
   * @param jwt whose signed tokens are taken; empty for nobody's
   * @param realm whether users of the server's own realm are let in
   * @param required whether the server refuses to become ready without credentials
   * @param sessionLife how long a browser stays signed in
   * @param auditRetention age at which the audit log of a day is removed; zero keeps all
   * @param requestsPerClient requests of one other machine at the same time
   * @param trustedProxies literal addresses of proxies that are believed about where a request
   *     comes from
   */
  public record Security(
      Optional<Path> tokensFile,
      Optional<Jwt> jwt,
      boolean realm,
      boolean required,
      Duration sessionLife,
      Duration auditRetention,
      int requestsPerClient,
      List<String> trustedProxies) {

    /** No credentials: only this machine is served. */
    public static final Security NONE =
        new Security(
            Optional.empty(),
            Optional.empty(),
            false,
            false,
            Duration.ofHours(12),
            Duration.ofDays(90),
            100,
            List.of());

    public Security {
      trustedProxies = List.copyOf(trustedProxies);
    }

    /**
     * An issuer of signed tokens.
     *
     * @param keys a file with its public keys, in PEM or as JSON key set
     * @param issuer what its tokens say in {@code iss}
     * @param audience what they must say in {@code aud}; empty for anything
     */
    public record Jwt(Path keys, String issuer, Optional<String> audience) {}
  }
}
