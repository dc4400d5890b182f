package io.etlapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * Tells one version of a file from another without reading it.
 *
 * @param bytes size
 * @param modifiedNanos time of the last change, since the epoch
 */
record FileStamp(long bytes, long modifiedNanos) {

  /** Equal to the stamp of no file. */
  static final FileStamp UNKNOWN = new FileStamp(-1, -1);

  static FileStamp of(Path file) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new NoSuchFileException(file.toString());
    }
    return new FileStamp(found.size(), found.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }
}
