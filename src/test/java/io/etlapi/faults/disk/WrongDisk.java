package io.etlapi.faults.disk;

import io.etlapi.store.Disk;
import io.etlapi.store.ForwardingDisk;
import io.etlapi.store.FsyncException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Disks that break the store's protocol on purpose, each as a programmer might. A suite that does
 * not catch them proves nothing.
 */
public enum WrongDisk {
  /** The file under its final name is emptied and written again. */
  OVERWRITE_IN_PLACE,
  /** The file gets its final name before its content is durable. */
  RENAME_WITHOUT_FILE_FSYNC,
  /** The file has its final name, and the folder is never asked to remember it. */
  RENAME_WITHOUT_FOLDER_FSYNC,
  /** The change is made a moment after the caller was told that it is durable. */
  ACKNOWLEDGE_BEFORE_WRITE,
  /** An fsync that failed is tried again, and the second answer is believed. */
  RETRY_FAILED_FSYNC;

  /** Puts the fault between the store and a disk that is right. */
  public Disk around(Disk right) {
    return switch (this) {
      case OVERWRITE_IN_PLACE -> new InPlace(right);
      case RENAME_WITHOUT_FILE_FSYNC -> new NoFileFsync(right);
      case RENAME_WITHOUT_FOLDER_FSYNC -> new NoFolderFsync(right);
      case ACKNOWLEDGE_BEFORE_WRITE -> new Late(right);
      case RETRY_FAILED_FSYNC -> new Retrying(right);
    };
  }

  /** Writes without fsync, on whatever disk this is. */
  private static void writeUnsynced(Disk disk, Path file, Disk.Content content) throws IOException {
    if (disk instanceof SimulatedDisk simulated) {
      simulated.write(file, content);
    } else {
      try (OutputStream out = Files.newOutputStream(file)) {
        content.writeTo(out);
      }
    }
  }

  private static byte[] bytesOf(Disk.Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(bytes);
    return bytes.toByteArray();
  }

  private static final class InPlace extends ForwardingDisk {
    private final Map<Path, byte[]> aside = new HashMap<>();

    InPlace(Disk right) {
      super(right);
    }

    @Override
    public synchronized void writeNew(Path file, Content content) throws IOException {
      aside.put(file, bytesOf(content));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      byte[] content;
      synchronized (this) {
        content = aside.remove(from);
      }
      if (content == null) {
        super.rename(from, to);
      } else if (right instanceof SimulatedDisk simulated) {
        simulated.write(to, out -> out.write(content));
        simulated.fsync(to);
      } else {
        try (OutputStream out =
            Files.newOutputStream(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
          for (byte one : content) {
            out.write(one);
          }
        }
        right.syncFile(to);
      }
    }

    @Override
    public void delete(Path file) throws IOException {
      boolean held;
      synchronized (this) {
        held = aside.remove(file) != null;
      }
      if (!held) {
        super.delete(file);
      }
    }
  }

  private static final class NoFileFsync extends ForwardingDisk {
    NoFileFsync(Disk right) {
      super(right);
    }

    @Override
    public void writeNew(Path file, Content content) throws IOException {
      writeUnsynced(right, file, content);
    }

    @Override
    public void syncFile(Path file) {}
  }

  private static final class NoFolderFsync extends ForwardingDisk {
    NoFolderFsync(Disk right) {
      super(right);
    }

    @Override
    public void syncFolder(Path folder) {}
  }

  /** Keeps the newest change of a record in memory until the next one comes. */
  private static final class Late extends ForwardingDisk {
    private final Map<Path, byte[]> aside = new HashMap<>();
    private final Map<Path, byte[]> late = new LinkedHashMap<>();

    Late(Disk right) {
      super(right);
    }

    @Override
    public synchronized void writeNew(Path file, Content content) throws IOException {
      if (!String.valueOf(file.getFileName()).contains(".json.")) {
        super.writeNew(file, content);
        return;
      }
      for (Map.Entry<Path, byte[]> one : late.entrySet()) {
        Path temporary = one.getKey().resolveSibling("." + one.getKey().getFileName() + ".0.tmp");
        right.writeNew(temporary, out -> out.write(one.getValue()));
        right.rename(temporary, one.getKey());
      }
      late.clear();
      aside.put(file, bytesOf(content));
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
      byte[] content = aside.remove(from);
      if (content == null) {
        super.rename(from, to);
      } else {
        late.put(to, content);
      }
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
      byte[] held = late.remove(file);
      if (held == null || Files.exists(file)) {
        super.delete(file);
      }
    }

    @Override
    public synchronized byte[] read(Path file) throws IOException {
      byte @Nullable [] held = late.get(file);
      return held == null ? super.read(file) : held.clone();
    }
  }

  private static final class Retrying extends ForwardingDisk {
    Retrying(Disk right) {
      super(right);
    }

    @Override
    public void writeNew(Path file, Content content) throws IOException {
      try {
        super.writeNew(file, content);
      } catch (FsyncException e) {
        super.syncFile(file);
      }
    }

    @Override
    public void syncFile(Path file) throws IOException {
      try {
        super.syncFile(file);
      } catch (FsyncException e) {
        super.syncFile(file);
      }
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
      try {
        super.syncFolder(folder);
      } catch (FsyncException e) {
        super.syncFolder(folder);
      }
    }
  }
}
