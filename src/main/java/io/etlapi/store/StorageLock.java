package io.etlapi.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes one process the only user of a storage folder. The lock belongs to the process and ends
 * with it, however it ends; the file says who holds it.
 */
final class StorageLock implements AutoCloseable {

  /** Far behind the text, so that others can read it where locks are mandatory. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /**
   * Kept in the system properties because two deployments in one process share nothing else, and
   * the second must not even open the file: closing it again would release the first one's lock.
   */
  private static final String HELD_HERE = "io.etlapi.storage.lock:";

  private final FileChannel channel;
  private final String property;

  private StorageLock(FileChannel channel, String property) {
    this.channel = channel;
    this.property = property;
  }

  /**
   * Takes the lock.
   *
   * @param folder the storage folder, which exists
   * @throws StoreException if it is held already, with the process that holds it
   */
  static StorageLock acquire(StorageLayout folder, Instant now) {
    Path file = folder.lock();
    String property;
    try {
      property = HELD_HERE + folder.root().toRealPath();
    } catch (IOException e) {
      throw new StoreException("The storage folder cannot be read.", e);
    }
    String self = "pid " + ProcessHandle.current().pid() + ", since " + now;
    if (System.getProperties().putIfAbsent(property, self) != null) {
      throw new StoreException(
          "The storage folder is in use by another deployment in this same process ("
              + System.getProperty(property)
              + "): undeploy it, or give each its own TASK_STORAGE_DIR.");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
      if (lock == null) {
        throw new StoreException(
            "The storage folder is in use by another process ("
                + holder(channel)
                + "): stop it, or give each server its own TASK_STORAGE_DIR.");
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((self + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      return new StorageLock(channel, property);
    } catch (IOException e) {
      release(channel, property);
      throw new StoreException(
          "The storage folder could not be locked: " + DurableFiles.reason(e) + ".", e);
    } catch (OverlappingFileLockException e) {
      release(channel, property);
      throw new StoreException("The storage folder is in use in this same process.", e);
    } catch (StoreException e) {
      release(channel, property);
      throw e;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(200);
    channel.read(text, 0);
    String line = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    return line.isEmpty() ? "which has not yet said its pid" : line;
  }

  private static void release(@Nullable FileChannel channel, String key) {
    System.clearProperty(key);
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The lock goes with the process at the latest.
        return;
      }
    }
  }

  @Override
  public void close() {
    release(channel, property);
  }
}
