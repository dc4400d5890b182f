package io.etlapi.store;

import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The index as it was at a clean stop. Each entry carries size and time of its file and counts only
 * if the file still has them; a snapshot that is torn, of another release or not there is as good
 * as empty. Removed before the first change, so none outlives what it describes.
 */
final class IndexSnapshot {

  private static final int MAGIC = 0x45544c49;
  private static final int VERSION = 1;

  private static final System.Logger LOGGER = System.getLogger(IndexSnapshot.class.getName());

  static final IndexSnapshot EMPTY = new IndexSnapshot(new IndexEntry[0]);

  private final IndexEntry[] entries;

  private IndexSnapshot(IndexEntry[] sorted) {
    this.entries = sorted;
  }

  /** What the snapshot knows of a task whose file looks like this. */
  @Nullable IndexEntry find(TaskId id, FileStamp stamp) {
    int at = Arrays.binarySearch(entries, new IdKey(id));
    return at >= 0 && entries[at].progress().isOf(stamp) ? entries[at] : null;
  }

  static void write(DurableFiles files, Path file, TaskIndex index) {
    files.write(file, out -> write(out, index));
  }

  private static void write(OutputStream stream, TaskIndex index) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(stream, new CRC32C());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(index.size());
    for (IndexEntry entry : index.entries()) {
      write(out, entry);
    }
    out.flush();
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  private static void write(DataOutputStream out, IndexEntry entry) throws IOException {
    write(out, entry.id());
    out.writeUTF(entry.stepName());
    out.writeByte(entry.priority());
    out.writeBoolean(entry.isParent());
    out.writeLong(entry.createdNanos());
    TaskId parent = entry.parentId();
    out.writeBoolean(parent != null);
    if (parent != null) {
      write(out, parent);
    }
    writeOptional(out, entry.node());
    writeOptional(out, entry.idempotencyKey());
    IndexEntry.Progress progress = entry.progress();
    out.writeUTF(progress.status().word());
    out.writeInt(progress.attempt());
    out.writeLong(progress.startedNanos());
    out.writeLong(progress.completedNanos());
    out.writeLong(progress.completedTick());
    out.writeLong(progress.outputBytes());
    out.writeLong(progress.fileBytes());
    out.writeLong(progress.fileNanos());
  }

  private static void write(DataOutputStream out, TaskId id) throws IOException {
    out.writeLong(id.uuid().getMostSignificantBits());
    out.writeLong(id.uuid().getLeastSignificantBits());
  }

  private static void writeOptional(DataOutputStream out, @Nullable String text)
      throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  /** Never fails: without a good snapshot the files are read. */
  static IndexSnapshot read(Path file) {
    try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()), 64 * 1024)) {
      return read(in);
    } catch (FileNotFoundException e) {
      return EMPTY;
    } catch (IOException | RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "the index snapshot is not usable", e);
      return EMPTY;
    }
  }

  private static IndexSnapshot read(InputStream stream) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(stream, new CRC32C());
    DataInputStream in = new DataInputStream(checked);
    if (in.readInt() != MAGIC || in.readInt() != VERSION) {
      throw new IOException("written by another release");
    }
    int size = in.readInt();
    // Grown as it is read: a torn size must not take the whole heap.
    IndexEntry[] entries = new IndexEntry[Math.min(Math.max(size, 0), 1024)];
    for (int i = 0; i < size; i++) {
      if (i == entries.length) {
        entries = Arrays.copyOf(entries, Math.min(size, 2 * entries.length));
      }
      entries[i] = readEntry(in);
    }
    long expected = checked.getChecksum().getValue();
    if (in.readLong() != expected) {
      throw new IOException("its checksum is wrong");
    }
    if (in.read() >= 0) {
      throw new EOFException("it is longer than it says");
    }
    return new IndexSnapshot(entries);
  }

  private static IndexEntry readEntry(DataInputStream in) throws IOException {
    return new IndexEntry(
        readId(in),
        in.readUTF(),
        in.readByte(),
        in.readBoolean(),
        in.readLong(),
        in.readBoolean() ? readId(in) : null,
        in.readBoolean() ? in.readUTF() : null,
        in.readBoolean() ? in.readUTF() : null,
        new IndexEntry.Progress(
            status(in.readUTF()),
            in.readInt(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong()));
  }

  private static TaskId readId(DataInputStream in) throws IOException {
    return new TaskId(new UUID(in.readLong(), in.readLong()));
  }

  private static TaskStatus status(String word) throws IOException {
    return TaskStatus.ofWord(word).orElseThrow(() -> new IOException("it names no status"));
  }
}
