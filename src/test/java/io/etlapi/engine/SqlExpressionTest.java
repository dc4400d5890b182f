package io.etlapi.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlExpressionTest {

  private static final List<String> COLUMNS =
      List.of(
          "amount", "name", "day", "order", "a b", "say \"hi\"", "größe", "d.o.t", "Case", "flag");

  private static DuckDbSession session;

  @BeforeAll
  static void open(@TempDir Path folder) throws Exception {
    session =
        new DuckDbEngine(256L << 20, 1, 64L << 20, folder.resolve("tmp")).open(List.of(), folder);
    session.execute(
        """
        CREATE TABLE t AS SELECT 12.50::DECIMAL(10,2) AS amount, 'Ann' AS name,
          DATE '2024-02-29' AS day, 7 AS "order", 3 AS "a b", 'quoted' AS "say ""hi""\",
          180 AS "größe", 5 AS "d.o.t", 'c' AS "Case", true AS flag
        """);
  }

  @AfterAll
  static void close() {
    session.close();
  }

  private static String value(String expression) throws ExpressionException {
    SqlExpression safe = SqlExpression.parse(session, expression, COLUMNS);
    return session
        .query("SELECT CAST(" + safe.sql() + " AS VARCHAR) FROM t", row -> "" + row.text(1))
        .get(0);
  }

  private static String refusal(String expression) {
    String message =
        assertThrows(
                ExpressionException.class,
                () -> SqlExpression.parse(session, expression, COLUMNS),
                expression)
            .getMessage();
    assertNotNull(message);
    assertTrue(message.endsWith(".") && message.length() < 400, message);
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "amount > 12.49 => true",
        "amount = 12.5 AND name <> 'Bob' OR false => true",
        "1 + 2 * 3 => 7",
        "(1 + 2) * 3 => 9",
        "10 - 4 - 3 => 3",
        "- -5 => 5",
        "7 // 2 + 7 % 4 => 6",
        "1 / 4 => 0.25",
        "name || '-' || \"a b\" => Ann-3",
        "\"order\" BETWEEN 7 AND 8 => true",
        "NOT name LIKE 'B%' => true",
        "name NOT ILIKE 'ANN' => false",
        "name IN ('Bob', 'Ann') => true",
        "name NOT IN ('Bob') => true",
        "name IS NULL => false",
        "nullif(name, 'Ann') IS NOT NULL => false",
        "nullif(name, 'Ann') IS NOT DISTINCT FROM NULL => true",
        "CASE WHEN amount > 100 THEN 'big' ELSE 'small' END => small",
        "CASE name WHEN 'Ann' THEN 1 END => 1",
        "CASE name WHEN 'Bob' THEN 1 END => null",
        "coalesce(NULL, name) => Ann",
        "ifnull(NULL, 4) => 4",
        "if(flag, 'y', 'n') => y",
        "round(2.345, 2) => 2.35",
        "abs(-amount) => 12.50",
        "CAST('0012' AS INTEGER) => 12",
        "'1.25'::decimal(5,2) + 1 => 2.25",
        "try_cast('x' AS INTEGER) => null",
        "12345678901234567890123456789012345678 => 12345678901234567890123456789012345678",
        "-170141183460469231731687303715884105727 => -170141183460469231731687303715884105727",
        "123456789012345678.123456789 => 123456789012345678.123456789",
        "0.00000000000000000001 => 0.00000000000000000001",
        "1e3 => 1000.0",
        "day + INTERVAL '1 day' = DATE '2024-03-01' => true",
        "day + INTERVAL 2 DAYS > '2024-03-01' => true",
        "extract(year FROM day) => 2024",
        "year(day) * 100 + month(day) => 202402",
        "date_diff('day', DATE '2024-01-01', day) => 59",
        "date_trunc('month', day) = DATE '2024-02-01' => true",
        "strftime(day, '%d/%m/%Y') => 29/02/2024",
        "strptime('29/02/2024', '%d/%m/%Y')::DATE = day => true",
        "upper(substring(name FROM 1 FOR 2)) => AN",
        "trim(BOTH 'n' FROM name) => A",
        "position('n' IN name) => 2",
        "left(name, 1) || right(name, 1) => An",
        "lpad('7', 3, '0') => 007",
        "replace(name, 'n', 'mm') => Ammmm",
        "regexp_matches(name, '^A') => true",
        "regexp_replace(name, 'n+', 'x') => Ax",
        "regexp_extract('ab12', '([0-9]+)', 1) => 12",
        "name SIMILAR TO 'A.*' => true",
        "'50%' LIKE '50!%' ESCAPE '!' => true",
        "greatest(1, amount, 3) => 12.50",
        "\"say \"\"hi\"\"\" = 'quoted' => true",
        "größe > 170 => true",
        "\"d.o.t\" + 1 => 6",
        "AMOUNT = 12.5 => true",
        "'a''b' => a'b",
        "'it is -- no /* comment */; $$' => it is -- no /* comment */; $$",
        "'Grüße 😀' => Grüße 😀",
        "flag AND NOT false => true",
      })
  void anExpressionKeepsItsMeaning(String expression, String expected) throws Exception {
    assertEquals(expected, value(expression));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(SELECT 1)",
        "amount IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "amount = ANY (SELECT 1)",
        "ARRAY(SELECT 1)",
        "(SELECT content FROM read_text('/etc/passwd'))",
        "read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "read_blob('/etc/passwd')",
        "parquet_scan('/x')",
        "glob('/*')",
        "sniff_csv('/etc/passwd')",
        "getenv('HOME')",
        "current_setting('home_directory')",
        "getvariable('x')",
        "set_config('a', 'b', false)",
        "PRAGMA version",
        "SET memory_limit = '1GB'",
        "ATTACH 'x.db'",
        "COPY t TO 'x'",
        "INSTALL httpfs",
        "CALL pragma_version()",
        "1; DROP TABLE t",
        "1;",
        ";",
        "1) --",
        "1 -- comment",
        "1 /* open",
        "1 /* a /* nested */ */",
        "1) FROM t; DROP TABLE t; SELECT (1",
        "1) OR (1 = 1",
        "true) UNION SELECT 1 FROM (SELECT 1",
        "1 UNION SELECT 2",
        "1 EXCEPT SELECT 2",
        "1 FROM t",
        "amount FROM 'x.csv'",
        "1 WHERE true",
        "1 GROUP BY 1",
        "1 HAVING true",
        "1 ORDER BY 1",
        "1 LIMIT 1",
        "1 OFFSET 1",
        "1 QUALIFY true",
        "1 USING SAMPLE 1",
        "DISTINCT amount",
        "DISTINCT ON (1) amount",
        "1, 2",
        "1 AS x",
        "amount x",
        "x: 1",
        "*",
        "t.*",
        "COLUMNS(*)",
        "COLUMNS('a.*')",
        "* EXCLUDE (amount)",
        "t",
        "t.amount",
        "main.t.amount",
        "rowid",
        "amount.x",
        "?",
        "$1",
        "$name",
        "$$text$$",
        "$a$text$a$",
        "e'\\x41'",
        "E'\\''",
        "x'41'",
        "b'01'",
        "U&'d\\0061t'",
        "U&\"d\\0061t\"",
        "\u2018quoted\u2019",
        "count(*)",
        "sum(amount)",
        "list(amount)",
        "any_value(amount)",
        "row_number() OVER ()",
        "lag(amount) OVER ()",
        "sum(amount) FILTER (WHERE true)",
        "lower(DISTINCT name)",
        "lower(name ORDER BY name)",
        "query('SELECT 1')",
        "query_table('t')",
        "duckdb_settings()",
        "duckdb_tables()",
        "pg_typeof(amount)",
        "pg_sleep(10)",
        "pg_catalog.lower(name)",
        "system.main.lower(name)",
        "nextval('s')",
        "currval('s')",
        "random()",
        "setseed(0.5)",
        "uuid()",
        "gen_random_uuid()",
        "now()",
        "current_date",
        "current_timestamp",
        "current_user",
        "current_database()",
        "current_query()",
        "txid_current()",
        "version()",
        "typeof(amount)",
        "error('boom')",
        "json_execute_serialized_sql('x')",
        "json_serialize_sql('SELECT 1')",
        "write_log('x')",
        "in_search_path('a', 'b')",
        "x -> x + 1",
        "lambda x: x + 1",
        "list_transform([1], x -> x)",
        "[1, 2]",
        "[x FOR x IN [1]]",
        "{'a': 1}",
        "{'a': 1}.a",
        "struct_pack(a := 1)",
        "row(1, 2)",
        "(1, 2)",
        "MAP {'a': 1}",
        "name[1]",
        "name[1:2]",
        "name.upper()",
        "name COLLATE nocase",
        "amount::STRUCT(x INTEGER)",
        "amount::INTEGER[]",
        "amount::BLOB",
        "amount::JSON",
        "amount::regclass",
        "amount::mytype",
        "amount::TIMESTAMP WITH TIME ZONE",
        "amount AT TIME ZONE 'UTC'",
        "repeat('x', 1000000000)",
        "name * 3 ^ 9 ** 9",
        "lpad(name, 1000000000, 'x')",
        "rpad(name, amount, 'x')",
        "lpad(name, 1001, 'x')",
        "range(1000000000)",
        "generate_series(1, 1000000000)",
        "printf('%1000000000d', 1)",
        "format('{:1000000000}', 1)",
        "bar(1, 0, 1, 1000000000)",
        "replace(name, 'n', name)",
        "regexp_matches(name, name)",
        "CASE WHEN (SELECT true) THEN 1 END",
        "coalesce((SELECT 1), 2)",
        "amount BETWEEN (SELECT 1) AND 2",
        "CAST((SELECT 1) AS INTEGER)",
        "lower((SELECT 'x'))",
        "TRY((SELECT 1))",
        "GROUPING(amount)",
        "DEFAULT",
        "VALUES (1)",
        "TABLE t",
        "FROM t",
        "WITH x AS (SELECT 1) SELECT 1",
        "SELECT 1",
        "amount = ",
        "(",
        ")",
        "'open",
        "\"open",
        "CASE",
        "END",
        "",
        "  \n\t ",
        "amount\u0000",
        "'\u0000'",
        "\"no\u0000pe\"",
        "@amount",
        "amount @> 1",
        "amount <-> 1",
        "~1",
        "1 & 2",
        "1 << 1000",
        "5!",
        "#1",
        "amount ^ 2",
        "IF EXISTS",
        "name GLOB '*'",
        "lower(name := 'x')",
        "unnest([1])",
        "getvariable(name)",
      })
  void whatIsNotOneHarmlessValueIsRefused(String hostile) {
    refusal(hostile);
  }

  static Stream<String> deepOnes() {
    return Stream.of(
        "(".repeat(4_000) + "1" + ")".repeat(4_000),
        "(".repeat(65) + "1" + ")".repeat(65),
        "[".repeat(4_000),
        "{".repeat(4_000),
        "NOT ".repeat(2_000) + "true",
        "- ".repeat(4_000) + "1",
        "abs(".repeat(1_500) + "1" + ")".repeat(1_500),
        "CASE WHEN ".repeat(500) + "true" + " THEN 1 END".repeat(400),
        "1" + "::INTEGER".repeat(900),
        "1" + "+1".repeat(4_000),
        "1" + " IS NULL".repeat(1_000),
        "(NOT NOT NOT NOT NOT NOT ".repeat(60) + "true" + ")".repeat(60),
        "amount" + "[1".repeat(900) + "]".repeat(900),
        "x -> ".repeat(1_000) + "1",
        "a.".repeat(3_000) + "a",
        "1".repeat(10_001),
        "replace(".repeat(20) + "name" + ", 'n', 'nnnnnnnnnn')".repeat(20));
  }

  @ParameterizedTest
  @MethodSource("deepOnes")
  void depthAndLengthAreBoundedBeforeTheEngineParses(String deep) {
    refusal(deep);
  }

  @Test
  void theDeepestThatIsAllowedRunsInAThreadOfOrdinaryStack() throws Exception {
    String chain = "1" + "+1".repeat(120);
    String nested = "abs(".repeat(50) + "1" + ")".repeat(50);
    String flat =
        String.join(" OR ", IntStream.range(0, 500).mapToObj(i -> "amount = " + i).toList());
    Throwable[] failure = new Throwable[1];
    String[] values = new String[3];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                values[0] = value(chain);
                values[1] = value(nested);
                values[2] = value(flat);
              } catch (Throwable e) {
                failure[0] = e;
              }
            },
            "ordinary",
            1 << 20);
    thread.start();
    thread.join();
    assertEquals(null, failure[0]);
    assertEquals(List.of("121", "1", "false"), List.of(values));
  }

  @Test
  void everyAllowedFunctionExistsInTheEngineAndIsScalar() {
    Set<String> unknown = new java.util.TreeSet<>();
    for (String name : ExpressionFunctions.names()) {
      long scalar =
          session.number(
              """
              SELECT count(*) FROM duckdb_functions()
              WHERE function_name = ? AND function_type IN ('scalar', 'macro')
                AND coalesce(stability, 'CONSISTENT') = 'CONSISTENT'
              """,
              name);
      if (scalar == 0) {
        unknown.add(name);
      }
    }
    // The parser turns these into other nodes or functions; the engine has none of that name.
    unknown.removeAll(Set.of("coalesce", "if", "ifnull"));
    assertEquals(Set.of(), unknown);
  }

  @Test
  void aClauseWithoutEffectVanishes() throws Exception {
    assertEquals("\"amount\"", SqlExpression.parse(session, "ALL amount", COLUMNS).sql());
    assertEquals("1", SqlExpression.parse(session, "1 WINDOW w AS ()", COLUMNS).sql());
  }

  @Test
  void anUnknownColumnIsNamed() {
    UnknownColumnException refused =
        assertThrows(
            UnknownColumnException.class,
            () -> SqlExpression.parse(session, "amuont > 1", COLUMNS));
    assertEquals("amuont", refused.column());
  }

  @Test
  void namesThatDifferOnlyInCaseAreToldApart() throws Exception {
    List<String> columns = List.of("id", "ID", "Id");
    assertEquals(Set.of("ID"), SqlExpression.parse(session, "\"ID\" = 1", columns).columns());
    assertThrows(
        UnknownColumnException.class, () -> SqlExpression.parse(session, "iD = 1", columns));
  }

  @Test
  void columnsStandForWhatTheScopeSays() throws Exception {
    SqlExpression safe =
        SqlExpression.parse(
            session,
            "upper(who) LIKE 'a%'",
            new SqlExpression.Scope(java.util.Map.of("who", "\"name\""), true));
    assertEquals(
        List.of(true), session.query("SELECT " + safe.sql() + " FROM t", row -> row.flag(1)));
    assertEquals(Set.of("who"), safe.columns());
  }

  @Test
  void aNumberStaysExact() throws Exception {
    SqlExpression safe = SqlExpression.parse(session, "amount + 0.01", COLUMNS);
    assertEquals(
        List.of(new BigDecimal("12.51")),
        session.query("SELECT " + safe.sql() + " FROM t", row -> row.decimal(1)));
  }

  @Test
  void whatIsWrittenAnewReadsTheSameAgain() throws Exception {
    for (String text :
        List.of(
            "CASE WHEN amount > 1.50 THEN name ELSE 'x''y' END",
            "amount BETWEEN 1 AND 2 AND name NOT LIKE '%a\"%'",
            "day >= DATE '2024-01-01' - INTERVAL 3 MONTHS")) {
      String once = SqlExpression.parse(session, text, COLUMNS).sql();
      assertEquals(once, SqlExpression.parse(session, once, COLUMNS).sql());
    }
  }
}
