package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Many clients at once, and clients so slow that each holds a connection: every task that was
 * accepted ends, no answer is a fault, never more tasks run than may, and the others are served.
 */
final class ServerClients implements Section {

  private static final int LIMIT_OF_TASKS = 4;
  private static final int SLOW = 200;
  private static final List<Integer> CLIENTS = List.of(25, 100, 1000);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "server-clients";
  }

  @Override
  public String title() {
    return "server: 25, 100 and 1,000 clients at once, and 200 that send a byte at a time";
  }

  @Override
  public String unit() {
    return "clients";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(0, 1);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    TestFiles files = new TestFiles(TestBuild.emptyFolder("faults-clients-data"));
    Map<String, Object> body = TestFiles.reading(files.numbered("load.csv", "x", 100));
    try (ServerProcess server =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "faults-clients",
            Map.of(
                "MAX_CONCURRENT_TASKS",
                Integer.toString(LIMIT_OF_TASKS),
                "ETL_QUEUE_CAPACITY",
                "300",
                "ETL_DATA_ROOTS",
                files.folder().toString(),
                "ETL_ENGINE_MEMORY",
                "512M"))) {
      server.start();
      slowClients(server, scale.of(SLOW / 4, SLOW), body, tally);
      for (int clients : CLIENTS.subList(0, scale.of(1, CLIENTS.size()))) {
        crowd(server, clients, body, tally);
      }
      tally.highest("max resident MB", server.residentBytes() >> 20);
    }
  }

  private static void crowd(
      ServerProcess server, int clients, Map<String, Object> body, Tally tally)
      throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    Thread watcher = new Thread(() -> watch(server.client(), done, tally));
    watcher.start();
    EtlClient shared = server.client();
    Set<String> ids = ConcurrentHashMap.newKeySet();
    CountDownLatch together = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < clients; number++) {
      Thread thread =
          new Thread(
              null,
              () -> {
                await(together);
                submit(shared, body, tally).ifPresent(ids::add);
              },
              "client",
              256 * 1024);
      thread.start();
      threads.add(thread);
    }
    together.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    for (String id : ids) {
      Answer end = shared.awaitEnd(id, LIMIT);
      if (!"completed".equals(end.string("status"))) {
        tally.broken(Breach.LOST, end.toString());
      }
    }
    done.set(true);
    watcher.join();
    tally.count("clients", clients);
    tally.count("completed tasks", ids.size());
    if (ids.size() != clients) {
      tally.broken(Breach.LOST, clients - ids.size() + " of " + clients + " were never accepted");
    }
  }

  /** Submits until accepted: a full queue says when to come back. */
  private static Optional<String> submit(EtlClient client, Map<String, Object> body, Tally tally) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<Answer> answer = client.tryPost("/run/read_csv", body);
      if (answer.isEmpty()) {
        // The listen queue was full: as for any client, the next try.
        tally.count("connections refused", 1);
        continue;
      }
      tally.count("answers " + answer.get().status(), 1);
      switch (answer.get().status()) {
        case 200 -> {
          return Optional.of(answer.get().string("task_id"));
        }
        case 429, 503 -> {
          if (answer.get().header("Retry-After").isEmpty()) {
            tally.broken(Breach.FAULTY_ANSWER, answer.get().toString());
          }
          LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
        default -> {
          tally.broken(Breach.FAULTY_ANSWER, answer.get().toString());
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static void watch(EtlClient client, AtomicBoolean done, Tally tally) {
    while (!done.get()) {
      client
          .tryGet("/stats")
          .filter(answer -> answer.status() == 200)
          .ifPresent(
              stats -> {
                long running = stats.number("running_tasks");
                tally.highest("max running", running);
                if (running > LIMIT_OF_TASKS) {
                  tally.broken(Breach.ABOVE_LIMIT, running + " tasks run");
                }
              });
    }
  }

  /** Each sends the head of a request, then a byte of its body now and then. */
  private static void slowClients(
      ServerProcess server, int count, Map<String, Object> body, Tally tally) throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int number = 0; number < count; number++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket
            .getOutputStream()
            .write(
                ("POST /run/read_csv HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
                    .getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      EtlClient quick = server.client();
      for (int round = 0; round < 20; round++) {
        for (Socket socket : slow) {
          try {
            socket.getOutputStream().write(' ');
          } catch (IOException e) {
            // The server may send a slow client away.
            tally.count("slow clients sent away", 1);
          }
        }
        Optional<Answer> answer = quick.tryGet("/health");
        if (answer.isEmpty() || answer.get().status() != 200) {
          tally.broken(Breach.FAULTY_ANSWER, "behind " + count + " slow clients: " + answer);
          return;
        }
        tally.count("answers beside slow clients", 1);
      }
      // A body that does not come with its head may have to wait for its turn, and is told so.
      Optional<String> id = submit(quick, body, tally);
      if (id.isEmpty()) {
        tally.broken(Breach.OTHER, "nothing was accepted behind " + count + " slow clients");
        return;
      }
      Answer end = quick.awaitEnd(id.get(), LIMIT);
      if (!"completed".equals(end.string("status"))) {
        tally.broken(Breach.LOST, end.toString());
      }
      tally.count("clients", count);
      tally.count("slow clients", count);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
