package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real server in a process of its own, on a free loopback port, with a storage folder that
 * outlives the process. Ends with the tests, whatever happens in them.
 */
public final class ServerProcess implements AutoCloseable {

  public static final Duration START_LIMIT = Duration.ofMinutes(8);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(3);

  private final ServerKind kind;
  private final Path folder;
  private final Path storage;
  private final Map<String, String> settings;
  private final Map<String, String> environment = new HashMap<>();
  private final int port;
  private final int adminPort;
  private final Path log;
  private final Thread atExit = new Thread(this::kill9);
  private @Nullable Process process;
  private String contextRoot = "/";

  /**
   * A server that is not started yet.
   *
   * @param name of its folder below the build folder, which is emptied
   * @param settings by key, as the README lists them
   */
  public static ServerProcess of(ServerKind kind, String name, Map<String, String> settings) {
    Path folder = TestBuild.emptyFolder(name);
    return new ServerProcess(kind, folder, folder.resolve("storage"), settings);
  }

  /** The same, with a storage folder that is somewhere else. */
  public static ServerProcess onStorage(
      ServerKind kind, String name, Path storage, Map<String, String> settings) {
    return new ServerProcess(kind, TestBuild.emptyFolder(name), storage, settings);
  }

  private ServerProcess(ServerKind kind, Path folder, Path storage, Map<String, String> settings) {
    this.kind = kind;
    this.folder = folder;
    this.storage = storage;
    this.settings = new HashMap<>(settings);
    this.settings.put("TASK_STORAGE_DIR", storage.toString());
    List<Integer> ports = FreePorts.find(2);
    this.port = ports.get(0);
    this.adminPort = ports.get(1);
    this.log = folder.resolve("server.log");
  }

  /** Starts the process and waits until it answers that it is healthy. */
  public ServerProcess start() {
    launch();
    awaitHealthy();
    return this;
  }

  /** Starts the process and returns at once. */
  public ServerProcess launch() {
    if (isAlive()) {
      throw new IllegalStateException("already running");
    }
    try {
      Path temp = folder.resolve("tmp");
      TestBuild.delete(temp);
      Files.createDirectories(temp);
      kind.prepare(site());
      ProcessBuilder builder =
          new ProcessBuilder(kind.command(site()))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(atExit);
    kind.launched(site());
    return this;
  }

  /** Waits for the first 200 of {@code /health}. */
  public void awaitHealthy() {
    EtlClient client = client();
    Await.until(
        "the server on port " + port + " answers 200",
        START_LIMIT,
        () -> {
          if (!isAlive()) {
            throw new IllegalStateException("The server ended while it started:\n" + logTail());
          }
          return client.tryGet("/health").map(answer -> answer.status() == 200).orElse(false);
        },
        this::logTail);
  }

  /** SIGKILL: the process has no chance to do anything. Returns when it is gone. */
  public void kill9() {
    Process running = process;
    if (running != null && running.isAlive()) {
      running.destroyForcibly();
      awaitEnd(running);
    }
  }

  /** SIGTERM: a clean stop. Returns the exit code. */
  public int terminate() {
    Process running = running();
    running.destroy();
    return awaitEnd(running);
  }

  /** Changes a setting for the next start. */
  public void set(String key, String value) {
    settings.put(key, value);
  }

  /**
   * Moves the application to another context root; its address changes, see {@link #client}. With a
   * clean stop and a start, unless the server moves it while it runs. Returns when it is healthy
   * there.
   */
  public void moveTo(String unescaped) {
    boolean hot = kind.movesByRedeploy();
    if (!hot) {
      terminate();
    }
    contextRoot = unescaped;
    if (hot) {
      deployments().redeploy();
      awaitHealthy();
    } else {
      start();
    }
  }

  /** The file that the server deploys. */
  public Path deployed() {
    return kind.deployed(site());
  }

  /**
   * Changes what runs in this server.
   *
   * @throws IllegalStateException for a server that deploys only when it starts
   */
  public Deployments deployments() {
    return kind.deployments(site())
        .orElseThrow(() -> new IllegalStateException(kind + " deploys only when it starts"));
  }

  /** Changes a variable of the process's environment for the next start. */
  public void environment(String name, String value) {
    environment.put(name, value);
  }

  /** Waits for a process that ends by itself; its exit code. */
  public int awaitExit() {
    return awaitEnd(running());
  }

  private int awaitEnd(Process ending) {
    try {
      if (!ending.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "The server did not end within " + STOP_LIMIT + ":\n" + logTail());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (Thread.currentThread() != atExit) {
      Runtime.getRuntime().removeShutdownHook(atExit);
    }
    return ending.exitValue();
  }

  public boolean isAlive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  public long pid() {
    return running().pid();
  }

  /** Processes that the server started and that are alive. */
  public List<ProcessHandle> children() {
    return running().toHandle().descendants().filter(ProcessHandle::isAlive).toList();
  }

  public Path storage() {
    return storage;
  }

  public int port() {
    return port;
  }

  /** Where its administration listens, if it has one. */
  public int adminPort() {
    return adminPort;
  }

  public URI uri() {
    return site().uri();
  }

  /** Speaks to the context root that is set now. */
  public EtlClient client() {
    return new EtlClient(uri());
  }

  /** Speaks to another context root of the same server. */
  public EtlClient clientAt(String unescaped) {
    return new EtlClient(site().uri(unescaped));
  }

  private ServerSite site() {
    return new ServerSite(folder, port, adminPort, contextRoot, Map.copyOf(settings));
  }

  /** All that the server has printed, over all its starts. */
  public String log() {
    try {
      return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String logTail() {
    String text = log();
    return text.substring(Math.max(0, text.length() - 8000));
  }

  /** Resident memory in bytes; Linux only. */
  public long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
      throw new IllegalStateException("no VmRSS");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill9();
  }

  private Process running() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }
}
