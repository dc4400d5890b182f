package io.etlapi.security;

import io.etlapi.store.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A disk whose new files nobody but the server's user may read. */
final class OwnerOnlyDisk implements Disk {

  private final Disk disk;

  OwnerOnlyDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public void writeNew(Path file, Content content) throws IOException {
    Files.deleteIfExists(file);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    disk.writeNew(file, content);
  }

  @Override
  public void syncFile(Path file) throws IOException {
    disk.syncFile(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    disk.syncFolder(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.delete(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    return disk.read(file);
  }
}
