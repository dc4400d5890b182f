package io.etlapi.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A disk on which every operation can be made to fail as the real one would, and is counted. */
public final class FaultyDisk implements Disk {

  /** Where an operation fails. */
  public enum Point {
    OPEN,
    WRITE,
    SHORT_WRITE,
    SYNC_FILE,
    RENAME,
    SYNC_FOLDER,
    DELETE,
    READ;

    public boolean isFsync() {
      return this == SYNC_FILE || this == SYNC_FOLDER;
    }
  }

  /** When a faulty operation fails: decides by how often it was asked for since the fault came. */
  public enum Frequency {
    ONCE,
    NOW_AND_THEN,
    FOR_EVER;

    boolean isNow(int time) {
      return switch (this) {
        case ONCE -> time == 1;
        case NOW_AND_THEN -> time % 3 == 1;
        case FOR_EVER -> true;
      };
    }
  }

  private static final class Fault {
    final String says;
    final Frequency frequency;
    int times;

    Fault(String says, Frequency frequency) {
      this.says = says;
      this.frequency = frequency;
    }
  }

  private final Disk real;
  private final Map<Point, Fault> faults = new EnumMap<>(Point.class);
  private final Map<Point, AtomicLong> counts = new EnumMap<>(Point.class);
  private long fired;
  private volatile Runnable beforeFolderSync = () -> {};

  public FaultyDisk(Disk real) {
    this.real = real;
    for (Point point : Point.values()) {
      counts.put(point, new AtomicLong());
    }
  }

  /** From now on the operation fails with what the system would say. */
  void fail(Point point, String says) {
    fail(point, says, Frequency.FOR_EVER);
  }

  /** As {@link #fail(Point, String)}, not every time. */
  public synchronized void fail(Point point, String says, Frequency frequency) {
    faults.put(point, new Fault(says, frequency));
    fired = 0;
  }

  /** How often the operation has failed since the fault came. */
  public synchronized long fired() {
    return fired;
  }

  public synchronized void repair() {
    faults.clear();
  }

  long count(Point point) {
    AtomicLong count = counts.get(point);
    return count == null ? 0 : count.get();
  }

  /** Runs on the thread that is about to fsync a folder. */
  void beforeFolderSync(Runnable hook) {
    beforeFolderSync = hook;
  }

  /** What the operation says if it fails this time. */
  private synchronized @Nullable String fault(Point point) {
    Fault fault = faults.get(point);
    if (fault == null || !fault.frequency.isNow(++fault.times)) {
      return null;
    }
    fired++;
    return fault.says;
  }

  private void pass(Point point) throws IOException {
    AtomicLong count = counts.get(point);
    if (count != null) {
      count.incrementAndGet();
    }
    String fault = fault(point);
    if (fault != null) {
      IOException failure = new IOException(fault);
      throw point.isFsync() ? new FsyncException(fault, failure) : failure;
    }
  }

  @Override
  public void writeNew(Path file, Content content) throws IOException {
    pass(Point.OPEN);
    String write = fault(Point.WRITE);
    String shortWrite = fault(Point.SHORT_WRITE);
    String says = write == null ? shortWrite : write;
    int taken = write == null ? 10 : 0;
    real.writeNew(
        file, out -> content.writeTo(says == null ? out : new BrokenWrite(out, says, taken)));
    pass(Point.SYNC_FILE);
  }

  /** Takes a few bytes or none, then fails. */
  private static final class BrokenWrite extends OutputStream {
    private final OutputStream out;
    private final String fault;
    private int left;

    BrokenWrite(OutputStream out, String fault, int left) {
      this.out = out;
      this.fault = fault;
      this.left = left;
    }

    @Override
    public void write(int b) throws IOException {
      if (left-- <= 0) {
        out.flush();
        throw new IOException(fault);
      }
      out.write(b);
    }
  }

  @Override
  public void syncFile(Path file) throws IOException {
    pass(Point.SYNC_FILE);
    real.syncFile(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    beforeFolderSync.run();
    pass(Point.SYNC_FOLDER);
    real.syncFolder(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    pass(Point.RENAME);
    real.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    pass(Point.DELETE);
    real.delete(file);
  }

  @Override
  public byte[] read(Path file) throws IOException {
    pass(Point.READ);
    return real.read(file);
  }
}
