package io.etlapi.step.completeness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.control.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideStepsTest {

  private static final String CONTROL =
      """
      {
        "control_id": "trades",
        "sides": {
          "src": {
            "files": "src/trades_{run_date:yyyyMMdd}*.csv", "format": "csv",
            "columns": [
              {"name": "TradeRef", "type": "text"},
              {"name": "TradeDate", "type": "date", "format": "dd/MM/yyyy"},
              {"name": "Ccy", "type": "text"},
              {"name": "Amount", "type": "decimal(18,2)", "thousands_separator": ","},
              {"name": "Status", "type": "text"}
            ],
            "scope": "Status <> 'CANCELLED'",
            "expected": {"rows": 8, "sums": {"Amount": "1312.20"}}
          },
          "tgt": {"files": "tgt/ledger_{run_date:yyyyMMdd}.csv", "format": "csv"}
        },
        "harmonise": [
          {"to": "trade_ref", "src": "TradeRef", "tgt": "reference", "ops": ["trim", "upper", "strip_leading_zeros"]},
          {"to": "trade_date", "src": "TradeDate", "tgt": "trade_dt", "ops": ["date"]},
          {"to": "currency", "src": "Ccy", "tgt": "ccy", "ops": ["upper"], "map": {"STG": "GBP"}},
          {"to": "book", "src": "Ccy", "tgt": "ccy"}
        ],
        "enrich": {
          "src": [{"files": "ref/books_{run_date:yyyyMMdd}.csv", "format": "csv",
                   "on": {"book": "book_id"}, "add": {"desk": "desk_name"}, "missing": "MISSING"}],
          "tgt": []
        },
        "transform": {"src": [{"to": "label", "sql": "trade_ref || '/' || desk"}], "tgt": [{"to": "label", "sql": "trade_ref"}]},
        "match": {
          "key": ["trade_ref"],
          "passes": [{"id": "exact", "type": "1:1", "on": ["trade_ref"]}]
        }
      }
      """;

  private static final String TRADES =
      """
      TradeRef,TradeDate,Ccy,Amount,Status
      0001,15/01/2024,usd,"1,000.00",LIVE
      0002,31/02/2024,usd,10.00,LIVE

      0003,15/01/2024,stg,100.005,LIVE
      "00
      4",15/01/2024,eur,100.10,CANCELLED
      0005,15/01/2024
      0006,16/01/2024,gbp, 200.100 ,
      000,17/01/2024,,"2.00",LIVE
      """;

  private static final String EXTRA =
      """
      TradeRef,TradeDate,Ccy,Amount,Status
      "a""b",18/01/2024,usd,0.10,""
      """;

  private static final String LEDGER =
      """
      reference,trade_dt,ccy
      1,2024-01-15,usd
      2,2024-01-32,usd
      """;

  private static final String BOOKS = "book_id,desk_name\nusd,Dollar\nstg,Sterling\n";

  private ControlBench control;

  @BeforeEach
  void files(@TempDir Path folder) throws Exception {
    control = new ControlBench(folder, "2024-01-15");
    control.file("control.json", CONTROL.replace("MISSING", "null"));
    control.file("src/trades_20240115.csv", TRADES);
    control.file("src/trades_20240115_b.csv", EXTRA);
    control.file("tgt/ledger_20240115.csv", LEDGER);
    control.file("ref/books_20240115.csv", BOOKS);
  }

  @Test
  void readingConfigFindsEveryFileOfTheRunDate() throws Exception {
    Map<String, @Nullable Object> output = control.readConfig();
    assertEquals(
        List.of(
            "src|src/trades_20240115.csv|csv",
            "src|src/trades_20240115_b.csv|csv",
            "tgt|tgt/ledger_20240115.csv|csv",
            "src_lookup_1|ref/books_20240115.csv|csv"),
        control.rows(output, "", "role, file, format"));
    assertEquals("trades", ControlBench.details(output).get("control_id"));
  }

  @Test
  void recordsKeepTheirPhysicalLineAcrossBlankLinesAndQuotedNewlines() throws Exception {
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("read", Side.SRC);
    assertEquals(
        List.of(
            "src/trades_20240115.csv|2|0001",
            "src/trades_20240115.csv|3|0002",
            "src/trades_20240115.csv|5|0003",
            "src/trades_20240115.csv|6|00\n4",
            "src/trades_20240115.csv|9|0006",
            "src/trades_20240115.csv|10|000",
            "src/trades_20240115_b.csv|2|a\"b"),
        control.rows(output, "", "_file, _line, TradeRef"));
    assertEquals(
        List.of("src|src/trades_20240115.csv|8|~|~|2 fields instead of 5|0005,15/01/2024"),
        control.rows(
            output, "rejected.parquet", "side, file, line, \"column\", value, reason, raw"));
    assertEquals(8L, ControlBench.details(output).get("rows_read"));
  }

  @Test
  void emptyUnquotedIsNullAndEmptyQuotedIsText() throws Exception {
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("read", Side.SRC);
    assertEquals(
        List.of("[LIVE]", "[LIVE]", "[LIVE]", "[CANCELLED]", "~", "[LIVE]", "[]"),
        control.rows(output, "", "'[' || Status || ']'"));
  }

  @Test
  void valuesAreCastStrictlyAndRejectsNameColumnAndValue() throws Exception {
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("pre_harmonisation", Side.SRC);
    assertEquals(
        List.of(
            "0001|2024-01-15|1000.00",
            "0006|2024-01-16|200.10",
            "000|2024-01-17|2.00",
            "a\"b|2024-01-18|0.10"),
        control.rows(output, "", "TradeRef, TradeDate, Amount"));
    assertEquals(
        List.of(
            "8|~|~|2 fields instead of 5",
            "3|TradeDate|31/02/2024|is not a date that exists in the format dd/MM/yyyy",
            "5|Amount|100.005|is not a number of type decimal(18,2)"),
        control.rows(output, "rejected.parquet", "line, \"column\", value, reason"));
    assertEquals(
        List.of("src|src/trades_20240115.csv|6|\"00\n4\",2024-01-15,eur,100.10,CANCELLED"),
        control.rows(output, "excluded.parquet", "side, file, line, raw"));
  }

  @Test
  void announcedTotalsCoverEveryRowReadBeforeScope() throws Exception {
    control.readConfig();
    Map<?, ?> details = ControlBench.details(control.runUpTo("pre_harmonisation", Side.SRC));
    // 1000.00 + 10.00 + 100.10 + 200.10 + 2.00 + 0.10: whatever can be cast, of every row read
    assertEquals(
        Json.parse(
            """
            [{"what": "rows", "expected": "8", "found": "8", "met": true},
             {"what": "Amount", "expected": "1312.20", "found": "1312.30", "met": false}]
            """),
        Json.parse(Json.write(details.get("expected"))));
  }

  @Test
  void bothSidesGetTheSameFields() throws Exception {
    control.readConfig();
    assertEquals(
        List.of(
            "1|2024-01-15|USD|usd",
            "6|2024-01-16|GBP|gbp",
            "0|2024-01-17|~|~",
            "A\"B|2024-01-18|USD|usd"),
        control.rows(
            control.runUpTo("harmonisation", Side.SRC),
            "",
            "trade_ref, trade_date, currency, book"));
    Map<String, @Nullable Object> target = control.runUpTo("harmonisation", Side.TGT);
    assertEquals(
        List.of("1|2024-01-15|USD|usd"),
        control.rows(target, "", "trade_ref, trade_date, currency, book"));
    assertEquals(
        List.of("tgt|3|trade_dt|2024-01-32"),
        control.rows(target, "rejected.parquet", "side, line, \"column\", value"));
  }

  @Test
  void enrichmentFindsItsRowsBehindTheFileSearch() throws Exception {
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("enrichment", Side.SRC);
    assertEquals(
        List.of("2|1|Dollar", "9|6|~", "10|0|~", "2|A\"B|Dollar"),
        control.rows(output, "", "_line, trade_ref, desk"));
  }

  @Test
  void aRowWithoutItsLookupKeyIsRejectedWhereTheControlSaysSo() throws Exception {
    control.file("control.json", CONTROL.replace("MISSING", "reject"));
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("data_transform", Side.SRC);
    assertEquals(List.of("1/Dollar", "A\"B/Dollar"), control.rows(output, "", "label"));
    assertEquals(
        List.of("8|~|~", "3|TradeDate|31/02/2024", "5|Amount|100.005", "9|book|gbp", "10|book|"),
        control.rows(output, "rejected.parquet", "line, \"column\", value"));
    assertEquals(List.of("6"), control.rows(output, "excluded.parquet", "line"));
  }

  @Test
  void aRowWithoutItsLookupKeyFailsWhereTheControlSaysSo() throws Exception {
    control.file("control.json", CONTROL.replace("MISSING", "fail"));
    control.readConfig();
    assertMessage(
        () -> control.runUpTo("enrichment", Side.SRC),
        "2 rows have a key that lookup 1 does not know; the first is book = 'gbp' in"
            + " 'src/trades_20240115.csv', line 9.");
  }

  @Test
  void aDuplicateKeyInALookupIsAnErrorThatNamesIt() throws Exception {
    control.file("ref/books_20240115.csv", BOOKS + "\nusd,Other\n");
    control.readConfig();
    assertMessage(
        () -> control.runUpTo("enrichment", Side.SRC),
        "The lookup 'ref/books_20240115.csv' has the key book_id = usd 2 times (lines 2, 5)");
  }

  @Test
  void aMalformedRecordInALookupIsAnErrorThatNamesItsLine() throws Exception {
    control.file("ref/books_20240115.csv", BOOKS + "eur\n");
    control.readConfig();
    assertMessage(
        () -> control.runUpTo("enrichment", Side.SRC),
        "The lookup file 'ref/books_20240115.csv' has 1 malformed records; the first is line 4: 1"
            + " fields instead of 2.");
  }

  @Test
  void theRowsOfAParquetFileAreKnownBeforeItIsRead() throws Exception {
    parquetLedger(ledgerOf(7), "");
    assertEquals(
        List.of("src|csv|~", "src|csv|~", "tgt|parquet|7", "src_lookup_1|csv|~"),
        control.rows(control.readConfig(), "", "role, format, rows"));
  }

  /** The sender writes into the file after its rows were counted and before they are read. */
  @Test
  void aFileThatGrowsBetweenCountingAndReadingFailsTheStep() throws Exception {
    byte[] grown = ledgerOf(8);
    parquetLedger(ledgerOf(7), ", \"expected\": {\"rows\": 9}");
    StepInput config = StepBench.input(ControlSteps.READING_CONFIG, control.readConfig());
    try (TestStepContext context = control.bench().context(control.parameters(), config)) {
      context.listener(
          line -> {
            if (line.equals("expected 9 rows, found 7")) {
              write("tgt/ledger_20240115.parquet", grown);
            }
          });
      assertMessage(
          () -> new ReadSideStep(Side.TGT).run(context),
          "The files of side tgt hold 7 records, but 8 were read: were they changed meanwhile?");
    }
  }

  private void write(String name, byte[] content) {
    try {
      control.bench().file(name, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] ledgerOf(int rows) throws Exception {
    try (TestStepContext context = control.bench().context(Map.of())) {
      Path file = context.folder().resolve("made.parquet");
      context
          .session(List.of())
          .execute(
              "COPY (SELECT range::VARCHAR AS reference, '2024-01-15' AS trade_dt, 'usd' AS ccy"
                  + " FROM range("
                  + rows
                  + ")) TO '"
                  + file
                  + "' (FORMAT parquet)");
      return Files.readAllBytes(file);
    }
  }

  private void parquetLedger(byte[] content, String expected) throws Exception {
    control.bench().file("tgt/ledger_20240115.parquet", content);
    control.file(
        "control.json",
        CONTROL
            .replace("MISSING", "null")
            .replace(
                "\"tgt/ledger_{run_date:yyyyMMdd}.csv\", \"format\": \"csv\"",
                "\"tgt/ledger_{run_date:yyyyMMdd}.parquet\", \"format\": \"parquet\"" + expected));
  }

  @Test
  void aMissingAnEmptyAndATwiceDeliveredFileAreReportedTogether() throws Exception {
    control.file("src/trades_20240115_c.csv", TRADES);
    control.file("tgt/ledger_20240115.csv", "");
    Files.delete(control.bench().data().resolve("ref/books_20240115.csv"));
    control.file("ref/books_20240114.csv", BOOKS);
    StepException refusal = assertThrows(StepException.class, control::readConfig);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(
        message.contains("'src/trades_20240115.csv' and 'src/trades_20240115_c.csv' hold the same"),
        message);
    assertTrue(message.contains("the file 'tgt/ledger_20240115.csv' is empty (tgt)"), message);
    assertTrue(
        message.contains(
            "no file matches 'ref/books_20240115.csv' for run date 2024-01-15 (src_lookup_1); in"
                + " that folder are books_20240114.csv"),
        message);
  }

  @Test
  void aFileWithoutRecordsFailsUnlessItsRowsAreAnnounced() throws Exception {
    control.file("tgt/ledger_20240115.csv", "reference,trade_dt,ccy\n");
    control.readConfig();
    assertMessage(
        () -> control.runUpTo("read", Side.TGT),
        "The file 'tgt/ledger_20240115.csv' holds no record.");
    control.file(
        "control.json",
        CONTROL
            .replace("MISSING", "null")
            .replace(
                "ledger_{run_date:yyyyMMdd}.csv\",",
                "ledger_{run_date:yyyyMMdd}.csv\", \"expected\": {\"rows\": 0},"));
    control.readConfig();
    assertEquals("0", control.runUpTo("data_transform", Side.TGT).get("count"));
  }

  @Test
  void aColumnThatIsNotThereIsNamedWithTheNearestOne() throws Exception {
    control.file("src/trades_20240115_b.csv", EXTRA.replace("Amount", "Amnt"));
    control.readConfig();
    assertMessage(
        () -> control.runUpTo("read", Side.SRC),
        "The file 'src/trades_20240115_b.csv' has no column 'Amount'; did you mean 'Amnt'?");
  }

  @Test
  void aFileThatChangesAfterItWasFoundIsRefused() throws Exception {
    control.readConfig();
    control.file("src/trades_20240115_b.csv", EXTRA.replace("0.10", "0.20"));
    assertMessage(() -> control.runUpTo("read", Side.SRC), "has changed since it was found");
  }

  @Test
  void anExpressionThatTriesToLeaveItsPlaceIsRefusedWithItsPointer() throws Exception {
    control.file(
        "control.json",
        CONTROL
            .replace("MISSING", "null")
            .replace(
                "Status <> 'CANCELLED'", "Status in (select content from read_text('/etc/passwd'))")
            .replace("\"sql\": \"trade_ref\"", "\"sql\": \"getenv('HOME')\""));
    StepException refusal = assertThrows(StepException.class, control::readConfig);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("/sides/src/scope: "), message);
    assertTrue(message.contains("/transform/tgt/0/sql: "), message);
  }

  @Test
  void aStepWithoutItsPredecessorSaysWhichOneItNeeds() throws Exception {
    control.readConfig();
    assertMessage(
        () -> control.run(SideSteps.of(Side.SRC).get(2), ControlSteps.READING_CONFIG),
        "The output of pre_harmonisation_src_comp is needed; none of the given ones"
            + " (reading_config_comp) is from a completed task of that step on this server.");
  }

  @Test
  void nothingTemporaryIsPublished() throws Exception {
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("read", Side.SRC);
    Path published =
        Path.of(String.valueOf(ControlBench.info(output).get("file_path"))).getParent();
    try (Stream<Path> files = Files.list(java.util.Objects.requireNonNull(published))) {
      assertEquals(
          List.of("control.json", "raw.parquet", "raw.parquet.manifest.json", "rejected.parquet"),
          files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
    }
  }

  /** Not part of the default run; shows where the time goes at full size. */
  @Test
  @Tag("million")
  void aMillionRecordsPassAllStepsOfASide() throws Exception {
    StringBuilder trades = new StringBuilder("TradeRef,TradeDate,Ccy,Amount,Status\n");
    for (int i = 0; i < 1_000_000; i++) {
      trades.append("T%08d,15/01/2024,usd,%d.%02d,LIVE\n".formatted(i, i, i % 100));
    }
    Files.delete(control.bench().data().resolve("src/trades_20240115_b.csv"));
    control.file("src/trades_20240115.csv", trades.toString());
    control.readConfig();
    Map<String, @Nullable Object> output = control.runUpTo("data_transform", Side.SRC);
    assertEquals("1000000", output.get("count"));
    control
        .outputs()
        .forEach(
            (step, result) ->
                System.out.println(
                    step
                        + " "
                        + ((Map<?, ?>) Objects.requireNonNull(result.get("calculation_results")))
                            .get("processing_time_seconds")));
  }

  private static void assertMessage(
      org.junit.jupiter.api.function.Executable work, String expected) {
    StepException refusal = assertThrows(StepException.class, work);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(expected), message);
  }
}
