package io.etlapi.store;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The uptime of this machine: from the kernel on Linux, so that it goes on over restarts of the
 * server; elsewhere of this process alone.
 */
public final class SystemUptime implements Uptime {

  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final boolean fromKernel = Files.isReadable(UPTIME) && Files.isReadable(BOOT_ID);
  private final String processId = "process-" + UUID.randomUUID();
  private final long startNanos = System.nanoTime();

  @Override
  public Reading read() throws IOException {
    if (!fromKernel) {
      return new Reading(processId, (System.nanoTime() - startNanos) / 1_000_000);
    }
    String line = Files.readString(UPTIME);
    int space = line.indexOf(' ');
    try {
      BigDecimal seconds = new BigDecimal(space < 0 ? line.strip() : line.substring(0, space));
      return new Reading(Files.readString(BOOT_ID).strip(), seconds.movePointRight(3).longValue());
    } catch (NumberFormatException e) {
      throw new IOException("the kernel's uptime is no number", e);
    }
  }
}
