package io.etlapi.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the disk itself gives for the protocol of the task files: temporary file, fsync, rename,
 * fsync of the folder, where one fsync of the folder serves all renames that were done before it
 * began.
 */
final class DiskLimit {

  private final Path folder;
  private final ByteBuffer content;
  private final AtomicLong names = new AtomicLong();
  private final AtomicLong renames = new AtomicLong();
  private final Object folderLock = new Object();
  private long synced;

  DiskLimit(Path folder, int bytes) throws IOException {
    this.folder = Files.createDirectories(folder);
    byte[] text = new byte[bytes];
    Arrays.fill(text, (byte) 'x');
    this.content = ByteBuffer.wrap(text).asReadOnlyBuffer();
  }

  Load.Rate measure(int threads, Duration duration)
      throws InterruptedException, ExecutionException {
    return Load.closedLoop(threads, duration, () -> this::writeOne);
  }

  private void writeOne() throws IOException {
    long name = names.incrementAndGet();
    Path temporary = folder.resolve(name + ".tmp");
    try (FileChannel file =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = content.duplicate();
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    }
    Files.move(temporary, folder.resolve(name + ".json"), StandardCopyOption.ATOMIC_MOVE);
    long mine = renames.incrementAndGet();
    synchronized (folderLock) {
      if (synced < mine) {
        long covered = renames.get();
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
          directory.force(true);
        }
        synced = covered;
      }
    }
  }
}
