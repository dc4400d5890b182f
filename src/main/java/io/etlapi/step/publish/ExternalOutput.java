package io.etlapi.step.publish;

import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a step puts the file that a request names in {@code output_path}: a relative path lies in
 * the task's folder and is published with it; an absolute one lies in an output root and gets a
 * durable copy that appears there whole or not at all.
 */
public final class ExternalOutput {

  private final StepContext context;
  private final String sent;
  private final Path target;

  private ExternalOutput(StepContext context, String sent, Path target) {
    this.context = context;
    this.sent = sent;
    this.target = target;
  }

  /**
   * The place that a parameter names; empty if it is absent.
   *
   * @throws StepException if it lies outside, or a folder has the name
   */
  public static Optional<ExternalOutput> of(StepContext context, String parameter)
      throws StepException {
    String sent = context.parameters().text(parameter).orElse("");
    if (sent.isBlank()) {
      return Optional.empty();
    }
    Path target = context.files().writable(sent, context.folder());
    if (Files.isDirectory(target)) {
      throw new StepException("The output path '" + sent + "' is a folder; name a file in it.");
    }
    return Optional.of(new ExternalOutput(context, sent, target));
  }

  /** Whether the file is part of the task's own output. */
  public boolean isInTaskFolder() {
    return target.startsWith(context.folder());
  }

  /** The name of the file in the attempt's folder, with folders where it has some. */
  public String nameInTaskFolder() {
    return isInTaskFolder()
        ? context.folder().relativize(target).toString()
        : String.valueOf(target.getFileName());
  }

  /** Where the file will lie in the end; for locks and for reading what is there now. */
  public Path target() {
    return target;
  }

  /** The path that clients see. */
  public String shownPath() {
    return isInTaskFolder() ? context.published(nameInTaskFolder()).toString() : sent;
  }

  /**
   * Copies a finished file to its place outside; does nothing for a place in the task's folder. A
   * file that was there before is replaced. Call it last: it cannot be taken back.
   *
   * @param file in the attempt's folder
   */
  public void deliver(Path file) throws StepException, InterruptedException {
    if (isInTaskFolder()) {
      return;
    }
    context.throwIfStopped();
    // An absolute path that names a file has a parent.
    Path folder = Objects.requireNonNull(target.getParent());
    Path aside =
        target.resolveSibling("." + target.getFileName() + "." + context.taskId() + ".part");
    try {
      Files.createDirectories(folder);
      Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
      force(aside, StandardOpenOption.WRITE);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      force(folder, StandardOpenOption.READ);
    } catch (IOException e) {
      deleteQuietly(aside);
      throw new StepException(
          "The output path '" + sent + "' could not be written: no space or no permission.", e);
    }
  }

  private static void force(Path path, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.getLogger(ExternalOutput.class.getName())
          .log(System.Logger.Level.WARNING, "an unfinished file was left: " + path, e);
    }
  }
}
