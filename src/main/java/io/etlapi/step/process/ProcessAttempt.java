package io.etlapi.step.process;

import io.etlapi.json.Json;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.parameters.Secrets;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program, from its start to the end of the last process it started. Used by the
 * attempt's thread, whose interrupt ends it.
 */
final class ProcessAttempt {

  private static final Pattern PROGRESS = Pattern.compile("PROGRESS (\\d{1,3})%?(?:\\s+(.*))?");
  private static final long POLL_MILLIS = 20;
  private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_STAGE = 200;
  private static final int LINES_AT_ONCE = 200;
  private static final long LOGGED_CHARS = 1 << 20;

  /** Some programs' own helpers outlive them by a moment. */
  private static final Duration STRAGGLERS = Duration.ofSeconds(2);

  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  private final StepContext context;
  private final ProcessSpec spec;
  private final Secrets secrets;
  private final Path work;
  private final PrintedResult printed = new PrintedResult(this::log);
  private String lastComplaint = "";
  private long logged;

  /**
   * A run that has not begun.
   *
   * @param work private to this run, and removed after it
   */
  ProcessAttempt(StepContext context, ProcessSpec spec, Secrets secrets, Path work) {
    this.context = context;
    this.spec = spec;
    this.secrets = secrets;
    this.work = work;
  }

  /** What is missing on this machine to run programs; null if nothing is. */
  static @Nullable String missing() {
    if (!ProcessTree.isSupported()) {
      return "process steps need Linux";
    }
    return Files.isExecutable(SETSID) && Files.isExecutable(PRLIMIT)
        ? null
        : "process steps need setsid and prlimit in /usr/bin (package util-linux)";
  }

  /**
   * Runs the program.
   *
   * @param input the JSON object it gets
   * @return what it printed as its result; meaningless where the result is a file
   * @throws StepException if it fails, breaks a limit, or leaves processes behind
   */
  PrintedResult run(References references, Map<String, @Nullable Object> input)
      throws StepException, IOException, InterruptedException {
    byte[] json = Json.write(input).getBytes(StandardCharsets.UTF_8);
    Path out = Files.createFile(work.resolve("stdout"));
    Path err = Files.createFile(work.resolve("stderr"));
    ProcessBuilder builder = new ProcessBuilder(command(references));
    builder.directory(spec.folder().orElse(context.folder()).toFile());
    builder.environment().clear();
    builder.environment().putAll(environment(references, json));
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    try (LineTail stdout = new LineTail(out);
        LineTail stderr = new LineTail(err)) {
      context.throwIfStopped();
      Process process = builder.start();
      ProcessTree tree = new ProcessTree(context.taskId(), process.pid());
      boolean ended = false;
      try {
        feed(process, spec.input() == ProcessSpec.Input.STDIN ? json : new byte[0]);
        int exit = watch(process, tree, stdout, stderr);
        List<ProcessTable.Entry> left =
            tree.awaitEnd(STRAGGLERS) ? List.<ProcessTable.Entry>of() : tree.members();
        ended = left.isEmpty() || tree.end();
        requireOutputWithin(stdout, stderr);
        stdout.finish(this::standardOutput);
        stderr.finish(this::standardError);
        requireSuccess(exit, left);
        return printed;
      } finally {
        if (!ended && !tree.end()) {
          context.log("Not every process of this task could be ended.");
        }
      }
    }
  }

  private List<String> command(References references) throws StepException {
    ProcessLimits limits = spec.limits();
    List<String> command = new ArrayList<>();
    command.add(SETSID.toString());
    command.add(PRLIMIT.toString());
    command.add("--data=" + limits.memoryBytes());
    // The soft limit says what happened (SIGXCPU), the hard one ends who does not listen.
    command.add("--cpu=" + limits.cpuSeconds() + ":" + (limits.cpuSeconds() + 5));
    command.add("--fsize=" + limits.fileBytes());
    command.add("--core=0");
    command.add("--");
    command.add(spec.program().toString());
    for (String argument : spec.arguments()) {
      command.add(references.resolve(argument));
    }
    return command;
  }

  private Map<String, String> environment(References references, byte[] input)
      throws StepException, IOException {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Map.Entry<String, String> variable : spec.environment().entrySet()) {
      environment.put(
          variable.getKey(), secrets.resolveText(references.resolve(variable.getValue())));
    }
    environment.put(ProcessTree.MARK, context.taskId().toString());
    context.traceparent().ifPresent(trace -> environment.put("TRACEPARENT", trace));
    environment.put("ETL_TASK_FOLDER", context.folder().toString());
    if (spec.input() == ProcessSpec.Input.FILE) {
      Path file =
          Files.createFile(
              work.resolve("parameters.json"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, input);
      environment.put("ETL_PARAMETERS_FILE", file.toString());
    }
    spec.resultFile()
        .ifPresent(
            name -> environment.put("ETL_RESULT_FILE", context.folder().resolve(name).toString()));
    return environment;
  }

  /** On a thread of its own: a program that never reads would block the writer. */
  private static void feed(Process process, byte[] input) {
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream in = process.getOutputStream()) {
                in.write(input);
              } catch (IOException e) {
                // The program ended, or closed its input, without having read all of it: its right.
                return;
              }
            },
            "etl-stdin-" + process.pid());
    writer.setDaemon(true);
    writer.start();
  }

  private int watch(Process process, ProcessTree tree, LineTail stdout, LineTail stderr)
      throws StepException, IOException, InterruptedException {
    long look = System.nanoTime() + FIRST_LOOK_NANOS;
    boolean more = false;
    while (!process.waitFor(more ? 0 : POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      context.throwIfStopped();
      requireOutputWithin(stdout, stderr);
      more = stdout.poll(LINES_AT_ONCE, this::standardOutput);
      more |= stderr.poll(LINES_AT_ONCE, this::standardError);
      if (System.nanoTime() - look >= 0) {
        requireWithinLimits(tree.members());
        look = System.nanoTime() + LOOK_NANOS;
      }
    }
    return process.exitValue();
  }

  private void standardOutput(String line) {
    if (!progress(line)) {
      if (spec.resultFile().isPresent()) {
        log(line);
      } else {
        printed.line(line);
      }
    }
  }

  private void standardError(String line) {
    if (!progress(line)) {
      if (!line.isBlank()) {
        lastComplaint = line.strip();
      }
      log(line);
    }
  }

  private boolean progress(String line) {
    Matcher matcher = PROGRESS.matcher(line);
    if (!matcher.matches()) {
      return false;
    }
    String stage = matcher.group(2) == null ? "running" : secrets.blot(matcher.group(2));
    context.progress(
        Integer.parseInt(matcher.group(1)),
        stage.substring(0, Math.min(stage.length(), MAX_STAGE)));
    return true;
  }

  private void log(String line) {
    // A task's log takes no more than this; the rest would only cost time.
    if (logged <= LOGGED_CHARS) {
      logged += line.length() + 1;
      context.log(secrets.blot(line));
    }
  }

  private void requireOutputWithin(LineTail stdout, LineTail stderr) throws StepException {
    if (stdout.written() + stderr.written() > spec.limits().outputBytes()) {
      throw new StepException(
          "The process printed more than "
              + megabytes(spec.limits().outputBytes())
              + ", the most that limits.output_mb allows, and was ended. Write large results to a"
              + " file in the task's folder.");
    }
  }

  private void requireWithinLimits(List<ProcessTable.Entry> members) throws StepException {
    ProcessLimits limits = spec.limits();
    long memory = members.stream().mapToLong(ProcessTable.Entry::residentBytes).sum();
    long cpu = members.stream().mapToLong(ProcessTable.Entry::cpuSeconds).sum();
    if (members.size() > limits.processes()) {
      throw new StepException(
          "The process started "
              + members.size()
              + " processes, and limits.processes allows "
              + limits.processes()
              + "; all were ended.");
    }
    if (memory > limits.memoryBytes()) {
      throw new StepException(
          "The process and what it started used more than "
              + megabytes(limits.memoryBytes())
              + " of memory, the most that limits.memory_mb allows, and were ended.");
    }
    if (cpu > limits.cpuSeconds()) {
      throw tooMuchCpu();
    }
  }

  private StepException tooMuchCpu() {
    return new StepException(
        "The process used more than "
            + spec.limits().cpuSeconds()
            + " s of processor time, the most that limits.cpu_seconds allows, and was ended.");
  }

  private void requireSuccess(int exit, List<ProcessTable.Entry> left) throws StepException {
    String complaint =
        lastComplaint.isEmpty() ? "." : ": " + secrets.blot(Signals.clipped(lastComplaint));
    if (exit == Signals.exitOf(Signals.XCPU)) {
      throw tooMuchCpu();
    }
    if (exit == Signals.exitOf(Signals.XFSZ)) {
      throw new StepException(
          "The process wrote a file larger than "
              + megabytes(spec.limits().fileBytes())
              + ", the most that limits.file_mb allows, and was ended.");
    }
    if (exit > Signals.BASE) {
      throw new StepException("The process was ended by " + Signals.name(exit) + complaint);
    }
    if (exit != 0) {
      throw new StepException("The process ended with exit code " + exit + complaint);
    }
    if (!left.isEmpty()) {
      throw new StepException(
          "The process ended but left "
              + ProcessTree.names(left)
              + " running; that was ended too. A step waits for what it starts.");
    }
  }

  private static String megabytes(long bytes) {
    return (bytes >> 20) + " MB";
  }
}
