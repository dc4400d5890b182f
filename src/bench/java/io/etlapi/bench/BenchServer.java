package io.etlapi.bench;

import io.etlapi.it.server.TestBuild;
import io.etlapi.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Payara Micro in a process of its own, with the options that {@code mvn -Pstart} gives it, on a
 * free loopback port. Ends with the benchmark, whatever happens in it.
 */
final class BenchServer implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(10);
  private static final Path PROC = Path.of("/proc");
  private static final String BRANDING = "MICRO-INF/domain/branding/glassfish-version.properties";

  private final Path war;
  private final Path folder;
  private final List<String> settings;
  private final List<String> jvm;
  private final int port = freePort();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Thread atExit = new Thread(this::kill);
  private @Nullable Process process;
  private double startSeconds;

  /**
   * A server that is not started yet.
   *
   * @param folder its own; the storage lies in it and stays over restarts
   * @param jvm further options of its JVM
   */
  BenchServer(Path war, Path folder, Map<String, String> settings, List<String> jvm) {
    this.war = war;
    this.folder = folder;
    this.jvm = List.copyOf(jvm);
    this.settings = new ArrayList<>();
    settings.forEach((key, value) -> this.settings.add("-D" + key + "=" + value));
    this.settings.add("-DTASK_STORAGE_DIR=" + storage());
  }

  /**
   * Starts it.
   *
   * @param path asked until it answers 200
   * @return seconds from the start of the process to that answer
   */
  double start(String path) throws IOException, InterruptedException {
    TestBuild.delete(folder.resolve("payara-micro"));
    TestBuild.delete(folder.resolve("tmp"));
    Files.createDirectories(folder.resolve("tmp"));
    long began = System.nanoTime();
    Process started =
        new ProcessBuilder(command())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(folder.resolve("server.log").toFile()))
            .start();
    process = started;
    Runtime.getRuntime().addShutdownHook(atExit);
    while (!answers(path)) {
      if (!started.isAlive() || System.nanoTime() - began > START_LIMIT.toNanos()) {
        throw new IllegalStateException(
            "The server did not start: " + Files.readString(folder.resolve("server.log")));
      }
      // Not more often: a server makes a page of each refusal, at the expense of its own start.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    startSeconds = (System.nanoTime() - began) / 1e9;
    return startSeconds;
  }

  /** What the last start took, in seconds. */
  double startSeconds() {
    return startSeconds;
  }

  private List<String> command() {
    Path config = Path.of("server-config", "payara-micro").toAbsolutePath();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-Duser.timezone=UTC",
            "-Dslf4j.internal.verbosity=ERROR",
            "-Dfile.encoding=UTF-8",
            "-Djava.io.tmpdir=" + folder.resolve("tmp"),
            "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(jvm);
    command.addAll(settings);
    command.addAll(
        List.of(
            "-jar",
            payaraMicro().toString(),
            "--nocluster",
            "--disablephonehome",
            "--rootDir",
            folder.resolve("payara-micro").toString(),
            "--prebootcommandfile",
            config.resolve("preboot.asadmin").toString(),
            "--logproperties",
            config.resolve("logging.properties").toString(),
            "--port",
            Integer.toString(port),
            "--deploy",
            war.toString(),
            "--contextroot",
            "/"));
    return command;
  }

  private static Path payaraMicro() {
    return Path.of(System.getProperty("etl.test.payara.micro", "target/servers/payara-micro.jar"))
        .toAbsolutePath();
  }

  /** The version of the server that everything runs on. */
  static String version() throws IOException {
    try (JarFile jar = new JarFile(payaraMicro().toFile());
        InputStream branding = jar.getInputStream(jar.getEntry(BRANDING))) {
      Properties versions = new Properties();
      versions.load(branding);
      return Stream.of("major", "minor", "update")
          .map(part -> versions.getProperty(part + "_version", "?"))
          .collect(Collectors.joining("."));
    }
  }

  /** A clean stop. */
  void stop() throws InterruptedException {
    Process running = running();
    running.destroy();
    if (!running.waitFor(40, TimeUnit.SECONDS)) {
      throw new IllegalStateException("The server did not end within 40 s.");
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  /** As by {@code kill -9}. */
  void killNow() throws InterruptedException {
    Process running = running();
    running.destroyForcibly();
    running.waitFor();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  boolean isRunning() {
    Process known = process;
    return known != null && known.isAlive();
  }

  int port() {
    return port;
  }

  Path folder() {
    return folder;
  }

  Path storage() {
    return folder.resolve("storage");
  }

  /** The body of a 200; anything else is an error. */
  Map<?, ?> get(String path) throws IOException, InterruptedException {
    return json(send(request(path).GET()));
  }

  /** Calls something that takes no body. */
  Map<?, ?> post(String path) throws IOException, InterruptedException {
    return json(send(request(path).POST(HttpRequest.BodyPublishers.noBody())));
  }

  /** Submits a step and returns the id of its task. */
  String run(String step, Map<String, ?> body) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request("/run/" + step)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)));
    return String.valueOf(json(send(request)).get("task_id"));
  }

  /** The status document of a task once it has ended. */
  Map<?, ?> awaitEnd(String id, Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() - deadline < 0) {
      Map<?, ?> status = get("/status/" + id);
      if (List.of("completed", "failed", "cancelled")
          .contains(String.valueOf(status.get("status")))) {
        return status;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    throw new IllegalStateException("Task " + id + " did not end within " + limit);
  }

  private boolean answers(String path) throws InterruptedException {
    try {
      return send(request(path).GET()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofMinutes(5));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Map<?, ?> json(HttpResponse<String> answer) {
    if (answer.statusCode() == 200 && Json.parse(answer.body()) instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalStateException(
        answer.request().uri() + ": " + answer.statusCode() + " " + answer.body());
  }

  /** Seconds of processor time that the process has used. */
  double cpuSeconds() throws IOException {
    return Machine.cpuSeconds(running().pid());
  }

  /** Resident memory in MiB. */
  double residentMiB() throws IOException {
    return memory("VmRSS:");
  }

  /** The most that was ever resident since {@link #resetPeak}, in MiB. */
  double peakMiB() throws IOException {
    return memory("VmHWM:");
  }

  void resetPeak() throws IOException {
    Files.writeString(PROC.resolve(running().pid() + "/clear_refs"), "5");
  }

  private double memory(String name) throws IOException {
    for (String line : Files.readAllLines(PROC.resolve(running().pid() + "/status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IllegalStateException("no " + name);
  }

  private Process running() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  /**
   * Ends it at once, and waits for that: only then its processor time counts as the benchmark's.
   */
  @Override
  public void close() {
    Process running = process;
    if (running != null && running.isAlive()) {
      kill();
      running.onExit().join();
      Runtime.getRuntime().removeShutdownHook(atExit);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
