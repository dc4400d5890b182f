package io.etlapi.faults;

import io.etlapi.it.server.TestBuild;
import java.util.List;
import java.util.Random;

/** The system itself kills the process, or fails, at the Nth call: strace sees to it. */
final class StoreSystemCalls implements Section {

  /** What strace does at which call; the rest of the option is the number of the call. */
  private static final List<String> INJURIES =
      List.of(
          "fsync:signal=SIGKILL:when=",
          "fsync:error=EIO:when=",
          "rename:signal=SIGKILL:when=",
          "rename:error=ENOSPC:when=",
          "write:signal=SIGKILL:when=",
          "unlink:signal=SIGKILL:when=",
          "fsync:error=ENOSPC:when=",
          "rename:error=EROFS:when=");

  private static final int LATEST_CALL = 40;
  private static final int LINES = 400;

  @Override
  public String name() {
    return "store-system-calls";
  }

  @Override
  public String title() {
    return "store: killed or failed by the system at the Nth fsync, rename, write or unlink"
        + " (strace)";
  }

  @Override
  public String unit() {
    return "injuries";
  }

  @Override
  public int parts(Scale scale) {
    return scale.of(1, 10);
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Tools.require("strace");
    Random random = new Random(seed);
    ChildStore store = new ChildStore(TestBuild.emptyFolder("faults-system-calls"), "-", tally);
    for (String injury : INJURIES.subList(0, scale.of(4, INJURIES.size()))) {
      String call = injury.substring(0, injury.indexOf(':'));
      store.live(
          List.of(
              "strace",
              "-f",
              "-qq",
              "--seccomp-bpf",
              "-o",
              "/dev/null",
              "-e",
              "trace=" + call,
              "-e",
              "inject=" + injury + (1 + random.nextInt(LATEST_CALL)) + "+"),
          random.nextLong(),
          LINES,
          ChildStore::kill);
      tally.count("injuries", 1);
      store.check();
    }
  }
}
