package io.etlapi.execution;

import io.etlapi.step.StepException;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files that were made for downloads, so that a download can be resumed: the ones used last, a few
 * of them and of bounded size together. A file that is being sent may be removed, its reader keeps
 * it. Thread-safe.
 */
final class DownloadFolder {

  private static final int MAX_FILES = 8;
  private static final long MAX_BYTES = 2L << 30;

  private final Path folder;
  private final Map<String, Path> files = new LinkedHashMap<>(16, 0.75f, true);

  DownloadFolder(Path folder) {
    this.folder = folder;
  }

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException, StepException;
  }

  /** The file of this tag, or null if it is not here (any more). */
  synchronized @Nullable Path find(String tag) {
    Path file = files.get(tag);
    if (file != null && Files.notExists(file)) {
      files.remove(tag);
      return null;
    }
    return file;
  }

  /**
   * Makes a file.
   *
   * @throws TaskException (INVALID) if it grows beyond what may be kept
   */
  Path make(String tag, Content content) throws IOException, StepException {
    Files.createDirectories(folder);
    Path file = Files.createTempFile(folder, "download-", ".tmp");
    boolean complete = false;
    try (OutputStream out = new Bounded(Files.newOutputStream(file))) {
      content.writeTo(out);
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(file);
      }
    }
    keep(tag, file);
    return file;
  }

  private synchronized void keep(String tag, Path file) throws IOException {
    files.put(tag, file);
    long bytes = 0;
    List<String> newestFirst = new ArrayList<>(files.keySet());
    Collections.reverse(newestFirst);
    int count = 0;
    for (String each : newestFirst) {
      Path kept = files.get(each);
      bytes += kept == null || Files.notExists(kept) ? 0 : Files.size(kept);
      count++;
      if (kept != null && !each.equals(tag) && (count > MAX_FILES || bytes > MAX_BYTES)) {
        files.remove(each);
        Files.deleteIfExists(kept);
      }
    }
  }

  private static final class Bounded extends FilterOutputStream {
    private long written;

    Bounded(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      count(1);
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      count(length);
      out.write(bytes, from, length);
    }

    private void count(int more) {
      written += more;
      if (written > MAX_BYTES) {
        throw new TaskException(
            Reason.INVALID,
            "The file would be larger than "
                + (MAX_BYTES >> 20)
                + " MB in this format: download it as parquet, or filter it first.");
      }
    }
  }
}
