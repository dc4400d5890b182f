package io.etlapi.store;

import java.io.IOException;
import java.nio.file.Path;

/** Hands every operation on to another disk: for disks that differ from it in some of them. */
public class ForwardingDisk implements Disk {

  protected final Disk right;

  protected ForwardingDisk(Disk right) {
    this.right = right;
  }

  @Override
  public void writeNew(Path file, Content content) throws IOException {
    right.writeNew(file, content);
  }

  @Override
  public void syncFile(Path file) throws IOException {
    right.syncFile(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    right.syncFolder(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    right.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    right.delete(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    return right.read(file);
  }
}
