package io.etlapi.step.completeness.ledger;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Every change the ledger makes to the disk, one method for each that can fail or be cut short, so
 * that tests can stop between any two of them. Nothing is durable before {@link #sync}.
 */
public interface LedgerDisk {

  /** The disk of this machine. */
  LedgerDisk REAL = new Real();

  void createFolders(Path folder) throws IOException;

  /** Writes a new file, or replaces one. */
  void write(Path file, byte[] bytes) throws IOException;

  /** Adds to the end of a file, making it if it is missing. */
  void append(Path file, byte[] bytes) throws IOException;

  /** Cuts a file to a length. */
  void truncate(Path file, long length) throws IOException;

  /** Renames in one step, replacing what is there. */
  void rename(Path from, Path to) throws IOException;

  /** Moves a file made elsewhere into the ledger; copies if it lies on another disk. */
  void adopt(Path from, Path to) throws IOException;

  /** Forces a file's content, or a folder's entries, to the medium. */
  void sync(Path fileOrFolder) throws IOException;

  /** Removes a file or a folder with all that is in it; nothing happens if it is missing. */
  void remove(Path fileOrFolder) throws IOException;

  /** The disk as the JDK reaches it. */
  final class Real implements LedgerDisk {

    @Override
    public void createFolders(Path folder) throws IOException {
      Files.createDirectories(folder);
    }

    @Override
    public void write(Path file, byte[] bytes) throws IOException {
      try (FileOutputStream out = new FileOutputStream(file.toFile())) {
        out.write(bytes);
      }
    }

    @Override
    public void append(Path file, byte[] bytes) throws IOException {
      try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
        out.write(bytes);
      }
    }

    @Override
    public void truncate(Path file, long length) throws IOException {
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.setLength(length);
      }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void adopt(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void sync(Path fileOrFolder) throws IOException {
      // An interrupt closes a channel in the middle of a force, which would look like a failed
      // one: files go through a descriptor that knows no interrupts, folders without the flag.
      if (!Files.isDirectory(fileOrFolder)) {
        try (RandomAccessFile open = new RandomAccessFile(fileOrFolder.toFile(), "r")) {
          open.getFD().sync();
        }
      } else if (File.separatorChar == '/') {
        boolean interrupted = Thread.interrupted();
        try (FileChannel folder = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
          folder.force(true);
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      }
    }

    @Override
    public void remove(Path fileOrFolder) throws IOException {
      if (!Files.isDirectory(fileOrFolder)) {
        Files.deleteIfExists(fileOrFolder);
        return;
      }
      Files.walkFileTree(
          fileOrFolder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}
