package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.Step;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.ControlBench;
import io.etlapi.step.completeness.control.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files to verdict: the steps as today's clients chain them, one output to the next. */
class MatchingStepsTest {

  private static final String CONTROL =
      """
      {
        "control_id": "trades",
        "sides": {
          "src": {"files": "src_{run_date:yyyyMMdd}.csv", "format": "csv",
            "columns": [
              {"name": "ref", "type": "text"}, {"name": "ccy", "type": "text"},
              {"name": "amount", "type": "decimal(18,2)"}, {"name": "note", "type": "text"}],
            "scope": "note <> 'out'"EXPECTED},
          "tgt": {"files": "tgt_{run_date:yyyyMMdd}.csv", "format": "csv",
            "columns": [
              {"name": "ref", "type": "text"}, {"name": "ccy", "type": "text"},
              {"name": "amount", "type": "decimal(18,2)"}, {"name": "note", "type": "text"}]}
        },
        "harmonise": [
          {"to": "ref", "src": "ref", "tgt": "ref", "ops": ["trim"]},
          {"to": "ccy", "src": "ccy", "tgt": "ccy"},
          {"to": "amount", "src": "amount", "tgt": "amount"},
          {"to": "note", "src": "note", "tgt": "note"}
        ],
        "match": {
          "key": ["ref"], "group_by": ["ccy"], "balance": ["amount"],
          "passes": [
            {"id": "exact", "type": "1:1", "on": ["ref"],
             "compare": [{"field": "amount", "kind": "exact"}]},
            {"id": "rounding", "type": "1:1", "on": ["ref"],
             "compare": [{"field": "amount", "kind": "absolute", "tolerance": "0.01"}]}
          ]
        },
        "explain": [
          {"when": "category = 'VALUE' and abs(diff_amount) < 0.05", "as": "ROUNDING",
           "owner": "ops"}]
      }
      """;

  private static final String SRC =
      """
      ref,ccy,amount,note
      A1,EUR,10.00,same
      A2,EUR,20.00,near
      A3,EUR,30.00,far
      A4,EUR,40.00,gone
      A5,EUR,50.00,twice
      A5,EUR,50.00,twice
      ,EUR,60.00,nokey
      A8,EUR,80.00,out
      A9,EUR,9o.00,bad
      """;

  private static final String TGT =
      """
      ref,ccy,amount,note
      A1,EUR,10.00,same
      A2,EUR,20.01,near
      A3,EUR,30.02,far
      A5,EUR,50.00,twice
      A7,USD,70.00,=2+5
      """;

  private final Path folder;

  MatchingStepsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyCategoryIsFoundWrittenAndProved() throws Exception {
    ControlBench bench = bench(SRC, TGT, "");
    Map<String, @Nullable Object> output = runAll(bench);
    assertEquals("BREAKS", output.get("verdict"));
    Map<String, @Nullable Object> details = object(output.get("output_rules_comp_details"));
    assertEquals("BREAKS", details.get("verdict"));
    assertEquals(Map.of("exact", 2L, "rounding", 1L), object(details.get("matches_by_pass")));
    assertEquals(
        Map.of(
            "VALUE", 1L,
            "MISSING_IN_SRC", 1L,
            "MISSING_IN_TGT", 1L,
            "DUPLICATE_IN_SRC", 1L,
            "DUPLICATE_IN_TGT", 0L,
            "KEY_NULL", 1L),
        object(details.get("breaks_by_category")));
    Map<String, @Nullable Object> src = object(object(details.get("sides")).get("src"));
    assertEquals(9L, src.get("read"));
    assertEquals(1L, src.get("rejected"));
    assertEquals(1L, src.get("excluded"));
    assertEquals(
        List.of(
            "DUPLICATE_IN_SRC|~|~|src|A5|EUR|50.00|~|src_20240115.csv|7|~|~",
            "KEY_NULL|~|~|src|~|EUR|60.00|~|src_20240115.csv|8|~|~",
            "MISSING_IN_SRC|~|~|tgt|A7|USD|-70.00|~|~|~|tgt_20240115.csv|6",
            "MISSING_IN_TGT|~|~|src|A4|EUR|40.00|~|src_20240115.csv|5|~|~",
            "VALUE|ROUNDING|ops|both|A3|EUR|-0.02|amount|src_20240115.csv|4|tgt_20240115.csv|4"),
        bench
            .rows(
                output,
                "",
                "category, explanation, owner, side, ref, ccy, diff_amount, differing_fields,"
                    + " src_file, src_line, tgt_file, tgt_line")
            .stream()
            .sorted()
            .toList());
    assertEquals(
        List.of("amount: -0.01", "amount: -0.01"),
        bench.rows(output, "matches.parquet", "differences").stream()
            .filter(text -> !text.equals("~"))
            .toList());
  }

  @Test
  void theFilesForPeopleAreSafeInASpreadsheet() throws Exception {
    Map<String, @Nullable Object> output = runAll(bench(SRC, TGT, ""));
    Path breaks = Path.of(String.valueOf(object(output.get("file_info")).get("file_path")));
    String csv = Files.readString(breaks.resolveSibling("breaks.csv"));
    assertTrue(csv.contains(",'=2+5,"), csv);
    assertTrue(csv.contains(",-70.00,"), csv);
    for (String name : List.of("matches", "rejected", "excluded", "totals")) {
      assertTrue(Files.size(breaks.resolveSibling(name + ".csv")) > 0, name);
      assertTrue(Files.size(breaks.resolveSibling(name + ".parquet")) > 0, name);
    }
    Proof proof =
        Proof.parse(Json.parseObject(Files.readString(breaks.resolveSibling("proof.json"))));
    assertEquals(Verdict.BREAKS, proof.verdict());
    assertEquals(List.of(1, 2, 3, 5, 6), proof.accounts().stream().map(Account::number).toList());
    Account differences = proof.accounts().get(2);
    Map<String, @Nullable Object> euro = differences.lines().get(0);
    assertEquals("149.97", euro.get("difference"));
    assertEquals("149.98", euro.get("in_breaks"));
    assertEquals("-0.01", euro.get("by_tolerance"));
  }

  @Test
  void whatAgreesOnBothSidesIsClean() throws Exception {
    String rows = "ref,ccy,amount,note\nA1,EUR,10.00,x\nA2,USD,20.00,y\n";
    Map<String, @Nullable Object> output = runAll(bench(rows, rows, ""));
    assertEquals("CLEAN", output.get("verdict"));
  }

  @Test
  void aRejectedRowIsNeverClean() throws Exception {
    String rows = "ref,ccy,amount,note\nA1,EUR,10.00,x\n";
    Map<String, @Nullable Object> output = runAll(bench(rows + "A2,EUR,x,y\n", rows, ""));
    assertEquals("BREAKS", output.get("verdict"));
  }

  @Test
  void aScopeThatLeavesNothingInIsPointedAt() throws Exception {
    String rows = "ref,ccy,amount,note\nA1,EUR,10.00,out\nA2,EUR,20.00,out\n";
    Map<String, @Nullable Object> output =
        runAll(bench(rows, "ref,ccy,amount,note\nB,EUR,1,x\n", ""));
    assertEquals(
        List.of("src: all 2 rows read are out of scope; is it right?"),
        object(output.get("output_rules_comp_details")).get("warnings"));
  }

  @Test
  void anExpectedTotalThatIsNotMetFailsTheControl() throws Exception {
    String rows = "ref,ccy,amount,note\nA1,EUR,10.00,x\n";
    Map<String, @Nullable Object> output =
        runAll(bench(rows, rows, ", \"expected\": {\"rows\": 2}"));
    assertEquals("CONTROL_FAILED", output.get("verdict"));
    assertEquals(
        List.of("src: expected rows is 2, found 1"),
        object(output.get("output_rules_comp_details")).get("reasons"));
  }

  @Test
  void rollingFindsTheWholeRunFromTheBreaksAlone() throws Exception {
    ControlBench bench = bench(SRC, TGT, "");
    Map<String, @Nullable Object> output = runAll(bench);
    try (TestStepContext context =
        bench.bench().context(bench.parameters(), reduced(OutputRulesStep.NAME, output))) {
      MatchedRun run = MatchedRun.from(context);
      assertEquals("trades", run.combined().run().control().controlId());
      var session = context.session(run.paths());
      run.combined().open(session);
      assertEquals(12, session.number("SELECT count(*) FROM combined"));
      assertEquals(6, session.number("SELECT count(*) FROM " + run.matches().scan()));
      Path report = context.folder().resolve("report.xlsx");
      new ReportWorkbook(session)
          .write(
              report,
              run.proof(),
              Map.of("open breaks", 5L),
              new LinkedHashMap<>(Map.of("Totals", run.totals().scan())));
      assertTrue(Files.size(report) > 1_000);
    }
  }

  @Test
  void oneSideAloneCannotBeCombined() throws Exception {
    ControlBench bench = bench(SRC, TGT, "");
    bench.readConfig();
    Map<String, @Nullable Object> src = bench.runUpTo("data_transform", Side.SRC);
    StepException refused =
        assertThrows(
            StepException.class,
            () ->
                bench
                    .bench()
                    .run(
                        new CombineDataStep(run -> CarryIn.NOTHING),
                        bench.parameters(),
                        reduced("data_transform_src_comp", src)));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("data_transform_tgt_comp"),
        refused.getMessage());
  }

  @Test
  void anIdenticalRunWritesIdenticalFiles() throws Exception {
    Path first =
        Path.of(
            String.valueOf(object(runAll(bench(SRC, TGT, "")).get("file_info")).get("file_path")));
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name :
        List.of("breaks.parquet", "matches.parquet", "totals.csv", "matches.csv", "proof.json")) {
      files.put(name, Files.readAllBytes(first.resolveSibling(name)));
    }
    Files.createDirectories(folder.resolve("again"));
    ControlBench again = new ControlBench(folder.resolve("again"), "2024-01-15");
    load(again, SRC, TGT, "");
    Path second = Path.of(String.valueOf(object(runAll(again).get("file_info")).get("file_path")));
    assertFalse(second.equals(first));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertEquals(
          -1,
          Arrays.mismatch(
              file.getValue(), Files.readAllBytes(second.resolveSibling(file.getKey()))),
          file.getKey());
    }
  }

  private ControlBench bench(String src, String tgt, String expected) throws Exception {
    ControlBench bench = new ControlBench(folder, "2024-01-15");
    load(bench, src, tgt, expected);
    return bench;
  }

  private static void load(ControlBench bench, String src, String tgt, String expected)
      throws Exception {
    bench
        .file("control.json", CONTROL.replace("EXPECTED", expected))
        .file("src_20240115.csv", src)
        .file("tgt_20240115.csv", tgt);
  }

  private static Map<String, @Nullable Object> runAll(ControlBench bench) throws Exception {
    bench.readConfig();
    List<StepInput> sides = new ArrayList<>();
    for (Side side : Side.values()) {
      sides.add(
          reduced("data_transform_" + side.key() + "_comp", bench.runUpTo("data_transform", side)));
    }
    Map<String, @Nullable Object> output =
        bench
            .bench()
            .run(
                new CombineDataStep(run -> CarryIn.NOTHING),
                bench.parameters(),
                sides.toArray(new StepInput[0]));
    for (Step step : List.of(new ApplyRulesStep(), new OutputRulesStep())) {
      output = bench.bench().run(step, bench.parameters(), reduced(step.describe().name(), output));
    }
    return output;
  }

  /** What today's clients pass on of an output that these steps need. */
  private static StepInput reduced(String name, Map<String, @Nullable Object> output) {
    Map<String, @Nullable Object> passed = new LinkedHashMap<>();
    passed.put("status", output.get("status"));
    passed.put("file_info", output.get("file_info"));
    return new StepInput(name, passed);
  }

  @SuppressWarnings("unchecked") // as parsed from JSON
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
  }
}
