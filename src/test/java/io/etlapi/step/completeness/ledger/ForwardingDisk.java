package io.etlapi.step.completeness.ledger;

import java.io.IOException;
import java.nio.file.Path;

/** The real disk, for tests that change one operation. */
class ForwardingDisk implements LedgerDisk {

  @Override
  public void createFolders(Path folder) throws IOException {
    REAL.createFolders(folder);
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    REAL.write(file, bytes);
  }

  @Override
  public void append(Path file, byte[] bytes) throws IOException {
    REAL.append(file, bytes);
  }

  @Override
  public void truncate(Path file, long length) throws IOException {
    REAL.truncate(file, length);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    REAL.rename(from, to);
  }

  @Override
  public void adopt(Path from, Path to) throws IOException {
    REAL.adopt(from, to);
  }

  @Override
  public void sync(Path fileOrFolder) throws IOException {
    REAL.sync(fileOrFolder);
  }

  @Override
  public void remove(Path fileOrFolder) throws IOException {
    REAL.remove(fileOrFolder);
  }
}
