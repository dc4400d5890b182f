package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.it.server.AckLedger;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Clients that submit with keys, poll, stop and clean up as fast as the server lets them, and write
 * down what they were told. What was not answered they send again after the restart.
 */
final class ServerLoad {

  /** What was sent under a key, and the task it was answered with, if it was answered. */
  private record Sent(String step, Map<String, Object> body, String key, @Nullable String id) {}

  /** Of the requests that were answered, one in so many is sent again, too. */
  private static final int AGAIN = 4;

  private final ServerProcess server;
  private final AckLedger ledger;
  private final Map<String, Function<String, Map<String, Object>>> bodies;
  private final Tally tally;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final List<Thread> clients = new ArrayList<>();
  private final ConcurrentLinkedQueue<Sent> sent = new ConcurrentLinkedQueue<>();

  /**
   * Clients for one server.
   *
   * @param bodies what may be run, by the names of the steps; each is made for its key
   */
  ServerLoad(
      ServerProcess server,
      AckLedger ledger,
      Map<String, Function<String, Map<String, Object>>> bodies,
      Tally tally) {
    this.server = server;
    this.ledger = ledger;
    this.bodies = bodies;
    this.tally = tally;
  }

  void begin(int count, long seed) {
    for (int number = 0; number < count; number++) {
      Random random = new Random(seed + number);
      Thread thread = new Thread(() -> drive(random));
      clients.add(thread);
      thread.start();
    }
  }

  /** No further calls; returns when the last one has been answered or has failed. */
  void end() throws InterruptedException {
    ended.set(true);
    for (Thread client : clients) {
      client.join();
    }
  }

  /**
   * After a restart: what was not answered is sent again with its key and accepted, and what was
   * answered is answered with the same task.
   */
  void resend(EtlClient client) {
    int number = 0;
    for (Sent request : sent) {
      if (request.id() != null && number++ % AGAIN != 0) {
        continue;
      }
      Answer answer =
          client.postWith(
              "/run/" + request.step(), request.body(), "Idempotency-Key", request.key());
      tally.count("requests sent again", 1);
      if (answer.status() != 200) {
        tally.broken(Breach.OTHER, "sent again: " + answer);
      } else if (request.id() == null) {
        ledger.accepted(answer.string("task_id"));
        tally.count(
            answer.header("Idempotency-Replayed").isPresent()
                ? "unanswered and accepted"
                : "unanswered and not accepted",
            1);
      } else if (!request.id().equals(answer.string("task_id"))) {
        tally.broken(Breach.TWICE, request + " is now " + answer);
      }
    }
  }

  private void drive(Random random) {
    EtlClient client = server.client();
    List<String> steps = bodies.keySet().stream().sorted().toList();
    List<String> mine = new ArrayList<>();
    while (!ended.get()) {
      submit(client, steps.get(random.nextInt(steps.size())), random).ifPresent(mine::add);
      if (mine.isEmpty()) {
        continue;
      }
      String id = mine.get(random.nextInt(mine.size()));
      switch (random.nextInt(8)) {
        case 0, 1 ->
            note(client.tryPost("/stop/" + id, Map.of()))
                .filter(answer -> !answer.string("status").equals("not_running"))
                .ifPresent(answer -> ledger.stopped(id));
        case 2 -> note(client.tryPost("/cleanup/now", Map.of()));
        default ->
            note(client.tryGet("/status/" + id))
                .ifPresent(answer -> ledger.seen(id, answer.string("status")));
      }
    }
  }

  private Optional<String> submit(EtlClient client, String step, Random random) {
    String key = new UUID(random.nextLong(), random.nextLong()).toString();
    Map<String, Object> body = Objects.requireNonNull(bodies.get(step)).apply(key);
    Optional<Answer> answer = client.tryPostWith("/run/" + step, body, "Idempotency-Key", key);
    Optional<String> id = note(answer).map(given -> given.string("task_id"));
    id.ifPresent(
        accepted -> {
          ledger.accepted(accepted);
          tally.count("acknowledged tasks", 1);
        });
    if (id.isPresent() || answer.isEmpty()) {
      sent.add(new Sent(step, body, key, id.orElse(null)));
    }
    return id;
  }

  /** The answer if it is a 200; what is neither that nor a refusal by design is a breach. */
  private Optional<Answer> note(Optional<Answer> answer) {
    answer.ifPresent(
        given -> {
          int status = given.status();
          tally.count("answers " + status, 1);
          boolean byDesign = status == 503 && given.contentType().startsWith("application/problem");
          if (status >= 500 && !byDesign) {
            tally.broken(Breach.FAULTY_ANSWER, given.toString());
          }
        });
    return answer.filter(given -> given.status() == 200);
  }
}
