package io.etlapi.step.access;

import io.etlapi.step.FileAccess;
import io.etlapi.step.FinishedOutputs;
import io.etlapi.step.PathRefusedException;
import io.etlapi.step.PublishedFile;
import io.etlapi.step.StepException;
import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Grants paths below fixed roots. A path is judged by where it really lies: the deepest part of it
 * that exists is resolved first, so a symbolic link that leads out is outside. Inside the storage
 * folder only the samples and what completed tasks have published can be read, even if a data root
 * contains the storage folder.
 */
public final class RootedFileAccess implements FileAccess {

  private static final int MAX_LENGTH = 4096;
  private static final int MAX_QUOTED = 200;
  private static final String OUTPUT = "output";
  private static final Pattern URL = Pattern.compile("(?is)file:.*|[a-z][a-z0-9+.-]+:/.*");

  /** The engine would take these for a pattern and read every file that fits. */
  private static final Pattern GLOB = Pattern.compile("[*?\\[\\]]");

  private final List<Path> dataRoots;
  private final Path storage;
  private final Path samples;
  private final Path outputs;
  private final List<Path> outputRoots;
  private final List<Path> formerOutputs;
  private final FinishedOutputs finished;

  /** Access below these roots, with a storage that has always been where it is. */
  public RootedFileAccess(
      List<Path> dataRoots, List<Path> outputRoots, Path storage, FinishedOutputs finished) {
    this(dataRoots, outputRoots, storage, List.of(), finished);
  }

  /**
   * Access below these roots; they need not exist yet.
   *
   * @param dataRoots readable, absolute
   * @param outputRoots writable by explicit output paths, absolute
   * @param storage the storage folder, with {@code samples} and {@code output} in it
   * @param formerStorages where that folder was before, absolute: a path of an output there means
   *     the one in {@code storage}
   */
  public RootedFileAccess(
      List<Path> dataRoots,
      List<Path> outputRoots,
      Path storage,
      List<Path> formerStorages,
      FinishedOutputs finished) {
    this.dataRoots = List.copyOf(dataRoots);
    this.outputRoots = List.copyOf(outputRoots);
    this.storage = storage;
    this.samples = storage.resolve("samples");
    this.outputs = storage.resolve(OUTPUT);
    this.formerOutputs =
        formerStorages.stream().map(former -> former.resolve(OUTPUT).normalize()).toList();
    this.finished = finished;
  }

  @Override
  public Path readable(String sent) throws PathRefusedException {
    Path path = parse(sent);
    Path candidate = path.isAbsolute() ? path : resolveRelative(path);
    Path real = real(inThisStorage(candidate.normalize()), sent);
    if (GLOB.matcher(real.toString()).find()) {
      throw new PathRefusedException(
          "The path " + quoted(sent) + " leads to a name with one of * ? [ ]; rename the file.");
    }
    if (!mayRead(real)) {
      throw new PathRefusedException(
          "The path "
              + quoted(sent)
              + " lies outside the folders that may be read: the data roots (ETL_DATA_ROOTS), the"
              + " samples and the outputs of completed tasks.");
    }
    return real;
  }

  @Override
  public Path existing(String sent) throws StepException {
    Path path = readable(sent);
    if (!Files.exists(path)) {
      throw new StepException("The file " + quoted(sent) + " does not exist.");
    }
    if (Files.isDirectory(path)) {
      throw new StepException("The path " + quoted(sent) + " is a folder; name a file in it.");
    }
    if (!Files.isRegularFile(path)) {
      throw new StepException("The path " + quoted(sent) + " is not a regular file.");
    }
    if (!Files.isReadable(path)) {
      throw new StepException("The file " + quoted(sent) + " cannot be read by the server.");
    }
    return path;
  }

  @Override
  public Path writable(String sent, Path taskFolder) throws PathRefusedException {
    Path path = parse(sent);
    if (path.isAbsolute()) {
      Path real = real(path.normalize(), sent);
      if (outputRoots.stream().noneMatch(root -> isBelow(real, root))
          || isBelow(real, storage)
          || real.equals(storage)) {
        throw new PathRefusedException(
            "The output path "
                + quoted(sent)
                + " lies outside the folders that may be written (ETL_OUTPUT_ROOTS); a relative"
                + " path lies in the task's own folder.");
      }
      return real;
    }
    Path inFolder = taskFolder.resolve(path).normalize();
    Path real = real(inFolder, sent);
    if (!isBelow(real, taskFolder)) {
      throw new PathRefusedException(
          "The output path " + quoted(sent) + " leads out of the task's own folder.");
    }
    return inFolder;
  }

  @Override
  public Optional<PublishedFile> published(Path file) {
    Path root = realOrSame(outputs);
    if (!file.startsWith(root) || file.getNameCount() < root.getNameCount() + 2) {
      return Optional.empty();
    }
    Path below = root.relativize(file);
    Optional<TaskId> task = TaskId.parse(below.getName(0).toString());
    if (task.isEmpty()) {
      return Optional.empty();
    }
    String name =
        below.subpath(1, below.getNameCount()).toString().replace(File.separatorChar, '/');
    return finished
        .filesOf(task.get())
        .flatMap(files -> listed(files, name))
        .map(listed -> new PublishedFile(task.get(), listed));
  }

  private Path inThisStorage(Path path) {
    for (Path former : formerOutputs) {
      if (path.startsWith(former)) {
        return outputs.resolve(former.relativize(path));
      }
    }
    return path;
  }

  private static Optional<OutputFile> listed(List<OutputFile> files, String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  private boolean mayRead(Path real) {
    if (isBelow(real, storage)) {
      return isBelow(real, samples)
          || published(real).isPresent()
          || dataRoots.stream().anyMatch(root -> isBelow(root, storage) && isBelow(real, root));
    }
    return dataRoots.stream().anyMatch(root -> isBelow(real, root) || isRoot(real, root));
  }

  /** A root itself may be named: as the folder below which a control finds its files. */
  private static boolean isRoot(Path path, Path root) {
    return path.equals(realOrSame(root));
  }

  /** Refuses what is no path, before the file system sees it. */
  private static Path parse(String sent) throws PathRefusedException {
    if (sent.isBlank()) {
      throw new PathRefusedException("An empty path names no file.");
    }
    if (sent.length() > MAX_LENGTH) {
      throw new PathRefusedException(
          "The path " + quoted(sent) + " is longer than " + MAX_LENGTH + " characters.");
    }
    if (sent.chars().anyMatch(Character::isISOControl)) {
      throw new PathRefusedException("The path " + quoted(sent) + " holds a control character.");
    }
    if (URL.matcher(sent).matches()) {
      throw new PathRefusedException(
          "The path " + quoted(sent) + " is a URL; only paths of files on the server are taken.");
    }
    if (GLOB.matcher(sent).find()) {
      throw new PathRefusedException(
          "The path " + quoted(sent) + " holds one of * ? [ ]; name one file by its full name.");
    }
    try {
      return Path.of(sent);
    } catch (InvalidPathException e) {
      throw new PathRefusedException("The path " + quoted(sent) + " is not a path.");
    }
  }

  /**
   * Against each data root in turn, then the storage folder ({@code samples/orders.csv}): the first
   * where it exists, else the first.
   */
  private Path resolveRelative(Path path) {
    List<Path> roots = new ArrayList<>(dataRoots);
    roots.add(storage);
    return Stream.concat(
            roots.stream().map(root -> root.resolve(path)).filter(Files::exists),
            Stream.of(roots.get(0).resolve(path)))
        .findFirst()
        .orElseThrow();
  }

  /** The path with the part of it that exists resolved. */
  private static Path real(Path path, String sent) throws PathRefusedException {
    Path existing = path;
    while (existing != null && !Files.exists(existing)) {
      if (Files.isSymbolicLink(existing)) {
        throw new PathRefusedException(
            "The path " + quoted(sent) + " goes through a symbolic link that leads nowhere.");
      }
      existing = existing.getParent();
    }
    if (existing == null) {
      return path;
    }
    try {
      Path real = existing.toRealPath();
      return existing.equals(path) ? real : real.resolve(existing.relativize(path)).normalize();
    } catch (IOException e) {
      throw new PathRefusedException("The path " + quoted(sent) + " cannot be resolved.");
    }
  }

  private static boolean isBelow(Path path, Path root) {
    Path realRoot = realOrSame(root);
    return path.startsWith(realRoot) && !path.equals(realRoot);
  }

  private static Path realOrSame(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  private static String quoted(String sent) {
    String shown = sent.length() > MAX_QUOTED ? sent.substring(0, MAX_QUOTED) + "…" : sent;
    StringBuilder plain = new StringBuilder("'");
    shown
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                plain.append("\\u%04x".formatted(c));
              } else {
                plain.appendCodePoint(c);
              }
            });
    return plain.append('\'').toString();
  }
}
