package io.etlapi.step.completeness;

import io.etlapi.step.Step;
import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.ledger.BreakRollingStep;
import io.etlapi.step.completeness.ledger.ControlLedger;
import io.etlapi.step.completeness.ledger.LedgerCarryIn;
import io.etlapi.step.completeness.ledger.LedgerDisk;
import io.etlapi.step.completeness.matching.ApplyRulesStep;
import io.etlapi.step.completeness.matching.CombineDataStep;
import io.etlapi.step.completeness.matching.OutputRulesStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A control with a ledger of its own, run through all seventeen steps, date by date. */
final class WholeControl {

  final ControlBench control;
  final ControlLedger ledger;

  WholeControl(Path folder) throws IOException {
    control = new ControlBench(Files.createDirectories(folder), "2024-01-15");
    ledger =
        new ControlLedger(
            control.bench().storage().resolve("controls"),
            LedgerDisk.REAL,
            Clock.fixed(TestStepContext.STARTED, ZoneOffset.UTC),
            () -> 0,
            0);
  }

  /** The output of the last step; those of the others are in {@link ControlBench#outputs}. */
  Map<String, @Nullable Object> run(String runDate) throws Exception {
    control.parameters().put("expectedRunDate", runDate);
    control.readConfig();
    List<StepInput> sides = new ArrayList<>();
    for (Side side : Side.values()) {
      sides.add(
          passedOn(
              ControlSteps.name("data_transform", side), control.runUpTo("data_transform", side)));
    }
    Map<String, @Nullable Object> output =
        run(new CombineDataStep(new LedgerCarryIn(ledger)), sides.toArray(new StepInput[0]));
    String before = CombineDataStep.NAME;
    for (Step step :
        List.of(new ApplyRulesStep(), new OutputRulesStep(), new BreakRollingStep(ledger))) {
      output = run(step, passedOn(before, output));
      before = step.describe().name();
    }
    return output;
  }

  private Map<String, @Nullable Object> run(Step step, StepInput... inputs) throws Exception {
    Map<String, @Nullable Object> output = control.bench().run(step, control.parameters(), inputs);
    control.outputs().put(step.describe().name(), output);
    return output;
  }

  /** What today's clients pass on that these steps need. */
  private static StepInput passedOn(String name, Map<String, @Nullable Object> output) {
    Map<String, @Nullable Object> passed = new LinkedHashMap<>();
    passed.put("status", output.get("status"));
    passed.put("file_info", output.get("file_info"));
    return new StepInput(name, passed);
  }

  /** The details of the last run of a step. */
  Map<?, ?> details(String step) {
    return ControlBench.details(output(step));
  }

  Map<String, @Nullable Object> output(String step) {
    return Objects.requireNonNull(control.outputs().get(step), step);
  }

  /** Of the proof that the ledger keeps: the numbers of the accounts that are not in order. */
  List<@Nullable Object> accountsThatDoNotClose() {
    List<@Nullable Object> open = new ArrayList<>();
    for (Object account : list(details(BreakRollingStep.NAME).get("accounts"))) {
      if (!Boolean.TRUE.equals(map(account).get("closes"))) {
        open.add(map(account).get("account"));
      }
    }
    return open;
  }

  static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  static List<?> list(@Nullable Object value) {
    return (List<?>) Objects.requireNonNull(value);
  }

  /** Every file that a step published, by name, but for what names its own task. */
  Map<String, byte[]> files(Map<String, @Nullable Object> output) throws IOException {
    Path table = Path.of(String.valueOf(ControlBench.info(output).get("file_path")));
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(Objects.requireNonNull(table.getParent()))) {
      for (Path file : all.toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".manifest.json")) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }
}
