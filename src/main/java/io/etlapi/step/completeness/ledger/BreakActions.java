package io.etlapi.step.completeness.ledger;

import io.etlapi.json.Json;
import io.etlapi.task.TaskException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What people decided about the breaks of one control: a file of JSON lines that is only ever added
 * to. A line counts once its line break is on the disk; one that was cut short was never
 * acknowledged and is cut off before the next. Thread-safe within this process.
 */
final class BreakActions {

  private static final String FILE = "actions.jsonl";

  /** Serialises appends of all controls: people act seldom. */
  private static final Object APPENDING = new Object();

  private final ControlLedger ledger;
  private final LedgerDisk disk;
  private final ControlId control;
  private final Path file;

  BreakActions(ControlLedger ledger, LedgerDisk disk, ControlId control) {
    this.ledger = ledger;
    this.disk = disk;
    this.control = control;
    this.file = ledger.folder(control).resolve(FILE);
  }

  /** All of them, in the order in which they were recorded. */
  List<BreakAction> all() {
    return read(whole(bytes()));
  }

  /** Adds one, durably. */
  void append(BreakAction action) {
    synchronized (APPENDING) {
      try {
        byte[] bytes = bytes();
        int whole = whole(bytes).length;
        if (whole < bytes.length) {
          disk.truncate(file, whole);
        }
        disk.append(file, (Json.write(action.toJson()) + "\n").getBytes(StandardCharsets.UTF_8));
        ledger.sync(file);
        ledger.sync(ledger.folder(control));
      } catch (IOException e) {
        throw ControlLedger.unavailable("The action on break " + action.breakId(), e);
      }
    }
  }

  private byte[] bytes() {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0];
    } catch (IOException e) {
      throw ControlLedger.unavailable("The actions of control '" + control + "'", e);
    }
  }

  private static byte[] whole(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end == bytes.length ? bytes : Arrays.copyOf(bytes, end);
  }

  private List<BreakAction> read(byte[] lines) {
    List<BreakAction> actions = new ArrayList<>();
    for (String line : new String(lines, StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isBlank()) {
        try {
          actions.add(BreakAction.ofJson(Json.parseObject(line)));
        } catch (RuntimeException e) {
          throw new LedgerException(
              Reason.STORAGE_UNAVAILABLE,
              "Line "
                  + (actions.size() + 1)
                  + " of the actions of control '"
                  + control
                  + "' is damaged: "
                  + e.getMessage()
                  + ".",
              e);
        }
      }
    }
    return actions;
  }
}
