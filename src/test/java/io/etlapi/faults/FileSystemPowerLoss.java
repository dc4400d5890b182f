package io.etlapi.faults;

import io.etlapi.it.server.TestBuild;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Real file systems in an image, shut down without a flush under a process that writes. */
final class FileSystemPowerLoss implements Section {

  private static final int LOSSES = 10;
  private static final int LOSSES_SHORT = 2;

  private enum FileSystem {
    EXT4("mkfs.ext4", "-F", 128L << 20),
    XFS("mkfs.xfs", "-f", 320L << 20);

    final String make;
    final String force;
    final long bytes;

    FileSystem(String make, String force, long bytes) {
      this.make = make;
      this.force = force;
      this.bytes = bytes;
    }
  }

  @Override
  public String name() {
    return "power-loss";
  }

  @Override
  public String title() {
    return "store: loss of power on ext4 and XFS (image shut down without a flush, journal"
        + " replayed)";
  }

  @Override
  public String unit() {
    return "power losses";
  }

  /** The file systems by turns. */
  @Override
  public int parts(Scale scale) {
    return scale.of(2, 6);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Tools.requireRoot();
    FileSystem kind = FileSystem.values()[part % FileSystem.values().length];
    Tools.require("xfs_io", "mount", "umount", kind.make);
    Path folder = TestBuild.emptyFolder("faults-power-loss");
    Path image = folder.resolve("image");
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(kind.bytes);
    }
    Tools.run(kind.make, "-q", kind.force, image.toString());
    Random random = new Random(seed);
    ChildStore store = new ChildStore(mounted.resolve("storage"), "-", tally);
    boolean up = false;
    try {
      for (int loss = 0; loss < scale.of(LOSSES_SHORT, LOSSES); loss++) {
        up = mount(image, mounted);
        store.live(
            List.of(),
            random.nextLong(),
            2 + random.nextInt(300),
            child -> {
              // The machine stops before its disk does. An fsync under way while an XFS is shut
              // down may return as if it had succeeded; without power nobody would learn of it.
              Tools.run("sh", "-c", "kill -STOP " + child.pid());
              Tools.run("xfs_io", "-x", "-c", "shutdown", mounted.toString());
              ChildStore.kill(child);
            });
        up = unmount(mounted);
        up = mount(image, mounted);
        tally.count("power losses", 1);
        tally.count("power losses on " + kind.name(), 1);
        // A copy: the cache maps a file until the collector comes, and would hold the mount.
        Path copy = folder.resolve("copy");
        TestBuild.delete(copy);
        Tools.run("cp", "-a", mounted.resolve("storage").toString(), copy.toString());
        up = unmount(mounted);
        store.check(copy);
      }
    } finally {
      if (up) {
        unmount(mounted);
      }
      Files.deleteIfExists(image);
    }
  }

  private static boolean mount(Path image, Path folder)
      throws IOException, InterruptedException, Unavailable {
    Tools.run("mount", "-o", "loop", image.toString(), folder.toString());
    return true;
  }

  private static boolean unmount(Path folder)
      throws IOException, InterruptedException, Unavailable {
    Tools.run("umount", folder.toString());
    return false;
  }
}
