package io.etlapi.store;

import java.io.BufferedOutputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.SyncFailedException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The file system of this machine. Files are read and written through streams, never through
 * channels: an interrupted thread would close a channel under its own write. The folders given at
 * the start stay open, so that their fsync cannot fail for want of a file descriptor when a file
 * already has its final name.
 */
public final class RealDisk implements Disk, AutoCloseable {

  private static final int BUFFER = 64 * 1024;

  private final Map<Path, FileChannel> openFolders = new HashMap<>();

  /**
   * Opens the disk.
   *
   * @param folders existing folders that will often be fsynced
   */
  public RealDisk(Collection<Path> folders) throws IOException {
    try {
      for (Path folder : folders) {
        openFolders.put(folder, FileChannel.open(folder, StandardOpenOption.READ));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public void writeNew(Path file, Content content) throws IOException {
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
      content.writeTo(buffered);
      buffered.flush();
      try {
        out.getFD().sync();
      } catch (SyncFailedException e) {
        throw new FsyncException("fsync of a file failed", e);
      }
    }
  }

  @Override
  public void syncFile(Path file) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      try {
        open.getFD().sync();
      } catch (SyncFailedException e) {
        throw new FsyncException("fsync of a file failed", e);
      }
    }
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    FileChannel known = openFolders.get(folder);
    if (known != null) {
      force(known);
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      force(channel);
    }
  }

  private static void force(FileChannel folder) throws FsyncException {
    try {
      folder.force(true);
    } catch (IOException e) {
      throw new FsyncException("fsync of a folder failed", e);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      // The stream says the same for a file that is not there and for one it may not open.
      if (Files.notExists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      throw e;
    }
  }

  @Override
  public void close() {
    for (FileChannel folder : openFolders.values()) {
      try {
        folder.close();
      } catch (IOException e) {
        // Nothing is written through it: closing has nothing to lose.
      }
    }
  }
}
