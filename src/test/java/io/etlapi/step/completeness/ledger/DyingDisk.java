package io.etlapi.step.completeness.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A real disk under a process that dies at a chosen operation: nothing happens after that. */
final class DyingDisk implements LedgerDisk {

  /** The end of the process, as far as the code under test can tell. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private interface Operation {
    void run() throws IOException;
  }

  private final int dieAt;
  private final boolean torn;
  private int operations;

  /**
   * A disk under a process with a given life.
   *
   * @param dieAt the operation, from 1, that is not done any more
   * @param torn whether that operation, if it writes, leaves half of what it wrote
   */
  DyingDisk(int dieAt, boolean torn) {
    this.dieAt = dieAt;
    this.torn = torn;
  }

  boolean died() {
    return operations >= dieAt;
  }

  private void run(Operation operation, Operation half) throws IOException {
    operations++;
    if (operations == dieAt && torn) {
      half.run();
    }
    if (operations >= dieAt) {
      throw new Death();
    }
    operation.run();
  }

  private void run(Operation operation) throws IOException {
    run(operation, () -> {});
  }

  @Override
  public void createFolders(Path folder) throws IOException {
    run(() -> REAL.createFolders(folder));
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    run(() -> REAL.write(file, bytes), () -> REAL.write(file, half(bytes)));
  }

  @Override
  public void append(Path file, byte[] bytes) throws IOException {
    run(() -> REAL.append(file, bytes), () -> REAL.append(file, half(bytes)));
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  @Override
  public void truncate(Path file, long length) throws IOException {
    run(() -> REAL.truncate(file, length));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    run(() -> REAL.rename(from, to));
  }

  @Override
  public void adopt(Path from, Path to) throws IOException {
    run(() -> REAL.adopt(from, to));
  }

  @Override
  public void sync(Path fileOrFolder) throws IOException {
    run(() -> REAL.sync(fileOrFolder));
  }

  @Override
  public void remove(Path fileOrFolder) throws IOException {
    run(() -> REAL.remove(fileOrFolder));
  }
}
