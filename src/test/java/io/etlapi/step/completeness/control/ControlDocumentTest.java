package io.etlapi.step.completeness.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.task.Fault;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlDocumentTest {

  /** The document of the specification, with the fields its lookup needs. */
  static final String TRADES =
      """
      {
        "control_id": "trades",
        "sides": {
          "src": {
            "files": "src/trades_{run_date:yyyyMMdd}*.csv",
            "format": "csv",
            "read": {"delimiter": ",", "encoding": "utf-8", "header": true, "skip_rows": 0},
            "columns": [
              {"name": "TradeRef",  "type": "text"},
              {"name": "TradeDate", "type": "date", "format": "dd/MM/yyyy"},
              {"name": "Ccy",       "type": "text"},
              {"name": "Amount",    "type": "decimal(18,2)", "thousands_separator": ","},
              {"name": "Status",    "type": "text"}
            ],
            "scope": "Status <> 'CANCELLED'",
            "expected": {"rows": 1000, "sums": {"Amount": "123456.78"}}
          },
          "tgt": {"files": "tgt/ledger_{run_date:yyyyMMdd}.parquet", "format": "parquet", "columns": [ ]}
        },
        "harmonise": [
          {"to": "trade_ref",  "src": "TradeRef",  "tgt": "reference", "ops": ["trim", "upper", "strip_leading_zeros"]},
          {"to": "trade_date", "src": "TradeDate", "tgt": "trade_dt"},
          {"to": "currency",   "src": "Ccy",       "tgt": "ccy", "ops": ["upper"], "map": {"STG": "GBP"}},
          {"to": "amount",     "src": "Amount",    "tgt": "value", "ops": ["round:2"]}
        ],
        "enrich": {
          "src": [{"files": "ref/books_{run_date:yyyyMMdd}.csv", "format": "csv",
                   "on": {"trade_ref": "book_id"}, "add": {"desk": "desk_name"}, "missing": "null"}],
          "tgt": []
        },
        "transform": {"src": [{"to": "amount", "sql": "-amount"}], "tgt": []},
        "match": {
          "key": ["trade_ref"],
          "group_by": ["currency"],
          "balance": ["amount"],
          "passes": [
            {"id": "exact",    "type": "1:1", "on": ["trade_ref"], "compare": [{"field": "amount", "kind": "exact"}, {"field": "trade_date", "kind": "exact"}]},
            {"id": "rounding", "type": "1:1", "on": ["trade_ref"], "compare": [{"field": "amount", "kind": "absolute", "tolerance": "0.01"}, {"field": "trade_date", "kind": "exact"}]},
            {"id": "late",     "type": "1:1", "on": ["trade_ref"], "compare": [{"field": "amount", "kind": "exact"}, {"field": "trade_date", "kind": "days", "tolerance": "2"}]},
            {"id": "split",    "type": "1:n", "on": ["trade_ref"], "compare": [{"field": "amount", "kind": "absolute", "tolerance": "0.00"}, {"field": "trade_date", "kind": "days", "tolerance": "2"}]}
          ]
        },
        "explain": [{"when": "category = 'VALUE' and abs(diff_amount) < 0.05", "as": "ROUNDING", "owner": "ops"}],
        "rolling": {"feed": "snapshot", "age_from": "first_seen", "calendar": "weekdays", "buckets": [1, 5, 30]},
        "thresholds": {"max_open_breaks": 0}
      }
      """;

  @Test
  void theDocumentOfTheSpecificationIsValid() throws Exception {
    ControlDocument.Parsed parsed = parse(TRADES);
    ControlDefinition control = parsed.definition();
    assertEquals("trades", control.controlId());
    assertEquals(
        List.of("trade_ref", "trade_date", "currency", "amount", "desk"), control.fields());
    assertEquals(ColumnType.decimal(18, 2), control.src().columns().get(3).type());
    assertEquals(1000L, control.src().expected().rows());
    assertEquals(new BigDecimal("123456.78"), control.src().expected().sums().get("Amount"));
    assertEquals(FileFormat.PARQUET, control.tgt().files().format());
    assertEquals(Pass.Cardinality.ONE_TO_MANY, control.match().passes().get(3).cardinality());
    assertEquals(
        new Comparison(
            "trade_date", Comparison.Kind.DAYS, new BigDecimal("2"), Comparison.Base.SRC),
        control.match().passes().get(2).compare().get(1));
    assertEquals(List.of(1, 5, 30), control.rolling().buckets());
    assertEquals(0L, control.thresholds().maxOpenBreaks());
    assertEquals(List.of(), parsed.warnings());
  }

  @Test
  void tenFaultsAreReportedAtOnceEachWithItsPointer() {
    String document =
        TRADES
            .replace("\"control_id\": \"trades\"", "\"control_id\": \"../trades\"")
            .replace("\"dd/MM/yyyy\"", "\"dd/QQ/yyyy\"")
            .replace("decimal(18,2)", "decimal(40,2)")
            .replace("\"tgt/ledger_{run_date:yyyyMMdd}.parquet\"", "\"../ledger.parquet\"")
            .replace("\"format\": \"parquet\"", "\"format\": \"parket\"")
            .replace("\"strip_leading_zeros\"", "\"strip_zeros\"")
            .replace("\"Ccy\",       \"tgt\"", "\"Cy\", \"tgt\"")
            .replace("\"tolerance\": \"0.01\"", "\"tolerance\": 0.01")
            .replace("\"id\": \"late\"", "\"id\": \"exact\"")
            .replace("[1, 5, 30]", "[1, 5, 5]")
            .replace("\"thresholds\"", "\"tresholds\"");
    TreeMap<String, String> found = new TreeMap<>();
    refusal(document).faults().forEach(fault -> found.put(fault.pointer(), fault.detail()));
    assertEquals(
        List.of(
            "/control_id",
            "/harmonise/0/ops/2",
            "/harmonise/2/src",
            "/match/passes/1/compare/0/tolerance",
            "/match/passes/2/id",
            "/rolling/buckets/2",
            "/sides/src/columns/1/format",
            "/sides/src/columns/3/type",
            "/sides/tgt/files",
            "/sides/tgt/format",
            "/tresholds"),
        List.copyOf(found.keySet()));
    assertEquals(
        "found 'parket'; allowed: csv, parquet, json, xlsx", found.get("/sides/tgt/format"));
    assertEquals(
        "found 'Cy', which is no column of src; known: TradeRef, TradeDate, Ccy, Amount, Status;"
            + " did you mean 'Ccy'?",
        found.get("/harmonise/2/src"));
    assertEquals(
        "found '../ledger.parquet'; a path may hold no empty part, no '.' and no '..'",
        found.get("/sides/tgt/files"));
    assertTrue(
        String.valueOf(found.get("/tresholds")).contains("known: "), found.get("/tresholds"));
    assertEquals(
        "found 0.01; allowed: a decimal of 0 or more written as a string, such as \"0.01\"",
        found.get("/match/passes/1/compare/0/tolerance"));
  }

  @Test
  void theMessageOfARefusalListsEveryFault() {
    ControlDocumentException refusal =
        refusal(TRADES.replace("\"dd/MM/yyyy\"", "\"Q\"").replace("[1, 5, 30]", "[5, 1]"));
    assertTrue(
        String.valueOf(refusal.getMessage())
            .startsWith("the configuration document has 2 faults: "),
        refusal.getMessage());
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("/rolling/buckets/1: found 1;"),
        refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"control_id\": ", "{\"a\": \"\\uD800\"", "null", "7"})
  void whatIsNoJsonObjectIsRefusedWithASentence(String text) {
    assertTrue(String.valueOf(refusal(text).getMessage()).length() > 20);
  }

  @Test
  void aNullMemberCountsAsAbsent() throws Exception {
    assertEquals(
        RollingRules.DEFAULT,
        parse(TRADES.replaceFirst("\"rolling\": \\{[^}]*}", "\"rolling\": null"))
            .definition()
            .rolling());
  }

  @Test
  void optionalPartsMayBeEmptyOrAbsent() throws Exception {
    ControlDefinition control =
        parse(
                """
                {"control_id": "c", "sides": {"src": {"files": "a_{run_date:yyyy}.csv", "format": "csv"},
                "tgt": {"files": "b_{run_date:yyyy}.csv", "format": "csv", "columns": []}},
                "harmonise": [{"to": "k", "src": "A", "tgt": "B"}], "explain": [],
                "match": {"key": ["k"], "passes": [{"id": "p", "type": "1:1", "on": ["k"]}]}}
                """)
            .definition();
    assertEquals(List.of(), control.match().groupBy());
    assertEquals(List.of(), control.match().passes().get(0).compare());
    assertEquals(Expected.NOTHING, control.src().expected());
    assertEquals(Thresholds.NONE, control.thresholds());
    assertEquals(ReadOptions.DEFAULT, control.src().files().read());
  }

  @Test
  void aPassThatLeavesABalanceFieldUncomparedIsAWarning() throws Exception {
    List<Fault> warnings =
        parse(TRADES.replaceFirst("\\{\"field\": \"amount\", \"kind\": \"exact\"}, ", ""))
            .warnings();
    assertEquals(1, warnings.size());
    assertEquals("/match/passes/0", warnings.get(0).pointer());
    assertTrue(warnings.get(0).detail().contains("'amount' uncompared"));
  }

  @Test
  void anOptionWithoutEffectAndAPathWithoutDateAreWarnings() throws Exception {
    List<Fault> warnings =
        parse(
                TRADES
                    .replace(
                        "\"format\": \"parquet\",",
                        "\"format\": \"parquet\", \"read\": {\"header\": true},")
                    .replace("trades_{run_date:yyyyMMdd}*.csv", "trades.csv"))
            .warnings();
    assertEquals(
        List.of("/sides/src/files", "/sides/tgt/read/header"),
        warnings.stream().map(Fault::pointer).sorted().toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"key\": [\"trade_ref\"]|\"key\": []|/match/key",
        "\"key\": [\"trade_ref\"]|\"key\": [\"trade_ref\", \"trade_ref\"]|/match/key/1",
        "\"key\": [\"trade_ref\"]|\"key\": [\"traderef\"]|/match/key/0",
        "\"key\": [\"trade_ref\"]|\"key\": [\"desk\"]|/match/key/0",
        "\"group_by\": [\"currency\"]|\"group_by\": [\"currency\", \"currency\"]|/match/group_by/1",
        "\"balance\": [\"amount\"]|\"balance\": [\"amount\", \"nothing\"]|/match/balance/1",
        "\"to\": \"trade_date\"|\"to\": \"side\"|/harmonise/1/to",
        "\"to\": \"trade_date\"|\"to\": \"TRADE_REF\"|/harmonise/1/to",
        "\"to\": \"trade_date\"|\"to\": \"trade date\"|/harmonise/1/to",
        "\"tolerance\": \"2\"|\"tolerance\": \"-1\"|/match/passes/2/compare/1/tolerance",
        "\"kind\": \"days\", \"tolerance\": \"2\"|\"kind\": \"days\"|/match/passes/2/compare/1",
        "\"kind\": \"days\", \"tolerance\": \"2\"|\"kind\": \"exact\", \"tolerance\":"
            + " \"2\"|/match/passes/2/compare/1/tolerance",
        "\"kind\": \"days\", \"tolerance\": \"2\"|\"kind\": \"days\", \"tolerance\": \"2\","
            + " \"base\": \"src\"|/match/passes/2/compare/1/base",
        "\"ops\": [\"round:2\"]|\"ops\": [\"round:19\"]|/harmonise/3/ops/0",
        "\"Amount\",    \"tgt\"|\"TradeDate\", \"tgt\"|/harmonise/3/ops",
        "\"desk\": \"desk_name\"|\"amount\": \"desk_name\"|/enrich/src/0/add/amount",
        "\"on\": {\"trade_ref\"|\"on\": {\"book\"|/enrich/src/0/on/book",
        "\"missing\": \"null\"|\"missing\": \"drop\"|/enrich/src/0/missing",
        "{\"Amount\": \"123456.78\"}|{\"Status\": \"1\"}|/sides/src/expected/sums/Status",
        "{\"Amount\": \"123456.78\"}|{\"Amont\": \"1\"}|/sides/src/expected/sums/Amont",
        "\"rows\": 1000|\"rows\": -1|/sides/src/expected/rows",
        "\"delimiter\": \",\"|\"delimiter\": \",,\"|/sides/src/read/delimiter",
        "\"encoding\": \"utf-8\"|\"encoding\": \"ebcdic\"|/sides/src/read/encoding",
        "\"thousands_separator\": \",\"|\"thousands_separator\":"
            + " \".\"|/sides/src/columns/3/thousands_separator",
        "\"name\": \"Status\"|\"name\": \"CCY\"|/sides/src/columns/4/name",
        "\"name\": \"Status\"|\"name\": \"_line\"|/sides/src/columns/4/name",
        "\"calendar\": \"weekdays\"|\"calendar\": {\"holidays\":"
            + " \"../h.txt\"}|/rolling/calendar/holidays",
        "\"calendar\": \"weekdays\"|\"calendar\": \"moon\"|/rolling/calendar",
        "\"as\": \"ROUNDING\"|\"is\": \"ROUNDING\"|/explain/0",
        "{run_date:yyyyMMdd}*|{run_date:HHmm}*|/sides/src/files",
        "{run_date:yyyyMMdd}*|{date}*|/sides/src/files",
        "src/trades_|/src/trades_|/sides/src/files",
        "src/trades_|src\\\\..\\\\trades_|/sides/src/files",
      })
  void aFaultNamesItsPlace(String good, String bad, String pointer) {
    assertTrue(TRADES.contains(good), good);
    String document = TRADES.replace(good, bad);
    List<String> pointers = refusal(document).faults().stream().map(Fault::pointer).toList();
    assertTrue(pointers.contains(pointer), () -> pointers + " " + refusal(document).getMessage());
  }

  @Test
  void typesThatCannotBeComparedAreRefused() {
    String document =
        TRADES.replace(
            "\"columns\": [ ]",
            """
            "columns": [{"name": "reference", "type": "text"}, {"name": "trade_dt", "type": "integer"},
                        {"name": "ccy", "type": "text"}, {"name": "value", "type": "decimal(20,4)"}]
            """);
    assertEquals(
        List.of(
            new Fault(
                "/harmonise/1",
                "the field 'trade_date' is date on src and integer on tgt; both sides need types"
                    + " that can be compared")),
        refusal(document).faults());
  }

  static ControlDocument.Parsed parse(String text) throws ControlDocumentException {
    return ControlDocument.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ControlDocumentException refusal(String text) {
    return assertThrows(ControlDocumentException.class, () -> parse(text));
  }
}
