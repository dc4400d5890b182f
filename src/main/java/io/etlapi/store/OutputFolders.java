package io.etlapi.store;

import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which tasks leave files. An attempt writes into a folder of its own, aside; when
 * the task completes, the folder is published as a whole under the task's id: either every file is
 * there and durable, or none is. Thread-safe for different tasks.
 */
public final class OutputFolders {

  /** The name of a result that is too large for the task's record. */
  public static final String RESULT_FILE = "result.json";

  private static final int CHUNK = 256 * 1024;

  private final Path root;
  private final DurableFiles files;
  private volatile @Nullable FileStore fileStore;

  /**
   * Uses a folder for outputs.
   *
   * @param root the folder of all outputs, which exists
   */
  public OutputFolders(Path root, DurableFiles files) {
    this.root = root;
    this.files = files;
  }

  /** Makes the empty folder of an attempt. */
  public Path open(TaskId id, int attempt) {
    Path folder = attemptFolder(id, attempt);
    try {
      FolderTree.delete(folder);
      return Files.createDirectory(folder);
    } catch (IOException e) {
      throw new StoreException(
          "The folder of an attempt could not be made: " + DurableFiles.reason(e) + ".", e);
    }
  }

  /** Where the files of a completed task are; may not exist. */
  public Path published(TaskId id) {
    return root.resolve(id.toString());
  }

  /** Where the result of a completed task is when its record does not hold it. */
  public Path resultFile(TaskId id) {
    return published(id).resolve(RESULT_FILE);
  }

  /**
   * Writes a large result into the folder of an open attempt, to be published with it.
   *
   * @throws UnpublishableOutputException if the step left a file of that name itself
   */
  public void writeResult(TaskId id, int attempt, Disk.Content json) {
    Path file = attemptFolder(id, attempt).resolve(RESULT_FILE);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new UnpublishableOutputException(
          "The step wrote '" + RESULT_FILE + "', a name that is kept for its result.");
    }
    files.write(file, json);
  }

  /**
   * Publishes the folder of an attempt, durably. What an earlier attempt published without its task
   * being completed is replaced.
   *
   * @return the files with their digests, by name
   * @throws UnpublishableOutputException if there is something else than files and folders in it
   * @throws InterruptedException if the thread was interrupted while it read the files; nothing is
   *     published then
   */
  public List<OutputFile> publish(TaskId id, int attempt) throws InterruptedException {
    Path aside = attemptFolder(id, attempt);
    Contents contents = contentsOf(aside);
    List<OutputFile> published = new ArrayList<>();
    for (Path file : contents.files) {
      published.add(describe(aside, file));
      files.syncFile(file);
    }
    // The deepest come first: a folder is durable when what it names is.
    for (Path folder : contents.folders) {
      files.syncFolderAside(folder);
    }
    Path target = published(id);
    Path replaced = root.resolve("." + id + ".replaced." + attempt + ".tmp");
    boolean earlier = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
    if (earlier) {
      files.rename(target, replaced);
    }
    files.rename(aside, target);
    files.syncFolder(root);
    if (earlier) {
      removeTree(replaced);
    }
    return published;
  }

  private static final class Contents extends SimpleFileVisitor<Path> {
    final List<Path> files = new ArrayList<>();
    final List<Path> folders = new ArrayList<>();
    private final Path base;

    Contents(Path base) {
      this.base = base;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
      if (!found.isRegularFile()) {
        throw new UnpublishableOutputException(
            "The step left '"
                + base.relativize(file)
                + "', which is a link or a special file: only files and folders are published.");
      }
      files.add(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      folders.add(folder);
      return FileVisitResult.CONTINUE;
    }
  }

  private static Contents contentsOf(Path folder) {
    Contents contents = new Contents(folder);
    try {
      Files.walkFileTree(folder, contents);
    } catch (IOException e) {
      throw new StoreException(
          "The output of an attempt could not be read: " + DurableFiles.reason(e) + ".", e);
    }
    contents.files.sort(Comparator.naturalOrder());
    return contents;
  }

  private static OutputFile describe(Path base, Path file) throws InterruptedException {
    StringBuilder name = new StringBuilder();
    for (Path part : base.relativize(file)) {
      name.append(name.isEmpty() ? "" : "/").append(part);
    }
    // A stream, not a channel: an interrupt asks this loop to end, it must not close the file.
    try (InputStream in = new FileInputStream(file.toFile())) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[CHUNK];
      long bytes = 0;
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("stopped while the output was being published");
        }
        digest.update(chunk, 0, read);
        bytes += read;
      }
      return new OutputFile(name.toString(), bytes, HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw new StoreException(
          "The output file '" + name + "' could not be read: " + DurableFiles.reason(e) + ".", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Removes the folder of an attempt that is not published; nothing happens if there is none. */
  public void discard(TaskId id, int attempt) {
    removeTree(attemptFolder(id, attempt));
  }

  /**
   * Removes what a task published: because its record is gone, or because it did not complete after
   * all. Nothing happens if there is nothing.
   */
  public void remove(TaskId id) {
    removeTree(published(id));
  }

  /** Free space for outputs, in bytes. */
  public long freeBytes() {
    try {
      FileStore known = fileStore;
      if (known == null) {
        // Looking it up reads all mounts of the machine, and every submit asks.
        known = Files.getFileStore(root);
        fileStore = known;
      }
      return known.getUsableSpace();
    } catch (IOException e) {
      throw new StoreException(
          "The free space of the storage cannot be read: " + DurableFiles.reason(e) + ".", e);
    }
  }

  private Path attemptFolder(TaskId id, int attempt) {
    return root.resolve("." + id + "." + attempt + ".tmp");
  }

  private static void removeTree(Path tree) {
    try {
      FolderTree.delete(tree);
    } catch (IOException e) {
      throw new StoreException(
          "An output folder could not be removed: " + DurableFiles.reason(e) + ".", e);
    }
  }
}
