package io.etlapi.step.classic;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.classic.ClassicBench.WAREHOUSE;
import static io.etlapi.step.classic.ClassicBench.detail;
import static io.etlapi.step.classic.ClassicBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.etlapi.step.StepInput;
import io.etlapi.step.TestStepContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadStepTest {

  private ClassicBench bench;
  private LoadStep load;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new ClassicBench(folder);
    load = new LoadStep(bench.sources());
    bench.sql(
        "DROP ALL OBJECTS",
        """
        CREATE TABLE orders (id INT PRIMARY KEY, ref VARCHAR(4), amount DECIMAL(10,2),
          due DATE, seen TIMESTAMP, note VARCHAR(20) DEFAULT 'kept')
        """,
        "INSERT INTO orders VALUES (1, 'old', 1.00, NULL, NULL, 'mine')");
  }

  private StepInput orders(String rows) throws Exception {
    return bench.csv(
        "orders" + Integer.toHexString(rows.hashCode()), "id,ref,amount,due,seen\n" + rows);
  }

  private static Map<String, Object> into(String strategy, Object... more) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("load_strategy", strategy);
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(String.valueOf(more[i]), more[i + 1]);
    }
    return parameters;
  }

  @Nested
  class IntoADatabase {

    private Map<String, Object> table(String strategy, Object... more) {
      Map<String, Object> parameters = into(strategy, more);
      parameters.put("target_system", "jdbc");
      parameters.put("datasource", WAREHOUSE);
      parameters.putIfAbsent("table", "orders");
      return parameters;
    }

    private List<List<@Nullable String>> there() throws Exception {
      return bench.select("SELECT id, ref, amount, note FROM orders ORDER BY id");
    }

    @Test
    void rowsAreAddedWithTheirOwnTypes() throws Exception {
      Map<String, @Nullable Object> output =
          bench.run(
              load, table("append"), orders("2,007,10.50,2024-02-29,2024-03-31 02:30:00\n3,,,,\n"));
      assertEquals(
          List.of(
              row("1", "old", "1.00", null, null),
              row("2", "007", "10.50", "2024-02-29", "2024-03-31 02:30:00"),
              row("3", null, null, null, null)),
          bench.select("SELECT id, ref, amount, due, seen FROM orders ORDER BY id"));
      assertEquals(2L, detail(output, "load", "rows_inserted"));
    }

    @Test
    void theTableIsReplaced() throws Exception {
      Map<String, @Nullable Object> output =
          bench.run(load, table("replace"), orders("2,x,1.50,,\n"));
      assertEquals(List.of(row("2", "x", "1.50", "kept")), there());
      assertEquals(1L, detail(output, "load", "rows_deleted"));
    }

    @Test
    void knownKeysAreChangedAndOtherColumnsKept() throws Exception {
      Map<String, @Nullable Object> output =
          bench.run(load, table("upsert", "key", "id"), orders("1,new,2.50,,\n2,x,3.00,,\n"));
      assertEquals(
          List.of(row("1", "new", "2.50", "mine"), row("2", "x", "3.00", "kept")), there());
      assertEquals(1L, detail(output, "load", "rows_updated"));
      assertEquals(1L, detail(output, "load", "rows_inserted"));
    }

    @Test
    void aRowThatIsItsKeyAloneIsThereOrAdded() throws Exception {
      Map<String, @Nullable Object> output =
          bench.run(load, table("upsert", "key", "id"), bench.csv("keyAlone", "id\n1\n7\n"));
      assertEquals(List.of(row("1", "old", "1.00", "mine"), row("7", null, null, "kept")), there());
      assertEquals(1L, detail(output, "load", "rows_inserted"));
    }

    @Test
    void aKeyThatTheTableHasTwiceIsRefused() throws Exception {
      bench.sql(
          "CREATE TABLE twins (id INT, v VARCHAR(5))",
          "INSERT INTO twins VALUES (1, 'a'), (1, 'b')");
      StepInput rows = bench.csv("twins", "id,v\n1,c\n");
      assertRefused(
          () -> bench.run(load, table("upsert", "key", "id", "table", "twins"), rows),
          "ID = '1'",
          "2 times",
          "Nothing was loaded");
      assertEquals(List.of(row("a"), row("b")), bench.select("SELECT v FROM twins ORDER BY v"));
    }

    @Test
    void manyRowsPassThroughAllPortions() throws Exception {
      StringBuilder rows = new StringBuilder();
      for (int i = 2; i <= 25_001; i++) {
        rows.append(i).append(",r,").append(i % 1000).append(".25,,\n");
      }
      Map<String, @Nullable Object> output =
          bench.run(load, table("upsert", "key", List.of("id")), orders(rows.toString()));
      assertEquals(25_000L, detail(output, "load", "rows_inserted"));
      assertEquals(
          List.of(row("25001", "312537501")),
          bench.select("SELECT count(*), sum(CAST(id AS BIGINT)) FROM orders"));
    }

    @Test
    void aRowThatTheDatabaseRefusesUndoesAllOfThem() throws Exception {
      StepInput duplicate = orders("2,x,1.00,,\n3,y,2.00,,\n1,z,3.00,,\n");
      assertRefused(
          () -> bench.run(load, table("append"), duplicate), "row 3", "Nothing was loaded");
      StepInput wide = orders("5,x,1.00,,\n6,wider,2.00,,\n");
      assertRefused(() -> bench.run(load, table("replace"), wide), "row 2", "Nothing was loaded");
      assertEquals(List.of(row("1", "old", "1.00", "mine")), there());
    }

    @Test
    void aStopBeforeTheCommitLeavesTheTableAsItWas() throws Exception {
      StepInput rows = orders("2,x,1.00,,\n");
      try (TestStepContext context = bench.steps.context(table("replace"), rows)) {
        context.stop();
        assertThrows(InterruptedException.class, () -> load.run(context));
      }
      assertEquals(List.of(row("1", "old", "1.00", "mine")), there());
    }

    @Test
    void aValueThatWouldBeRoundedIsRefusedWithItsRow() throws Exception {
      StepInput rounded = orders("2,x,1.00,,\n3,y,2.005,,\n");
      assertRefused(() -> bench.run(load, table("append"), rounded), "amount", "row 2", "2.005");
      StepInput textual = orders("2,x,ten,,\n");
      assertRefused(() -> bench.run(load, table("append"), textual), "amount", "row 1", "ten");
    }

    @Test
    void theKeyMustBeThereAndUnique() throws Exception {
      StepInput twice = orders("2,x,1.00,,\n2,y,2.00,,\n");
      assertRefused(
          () -> bench.run(load, table("upsert", "key", "id"), twice),
          "id = '2'",
          "2 times",
          "rows 1, 2");
      StepInput none = orders("2,x,1.00,,\n,y,2.00,,\n");
      assertRefused(() -> bench.run(load, table("upsert", "key", "id"), none), "Row 2", "no value");
      assertRefused(() -> bench.run(load, table("upsert"), none), "needs key");
    }

    @Test
    void aColumnThatTheTableLacksIsNamed() throws Exception {
      StepInput other = bench.csv("other", "id,amuont\n2,3\n");
      assertRefused(
          () -> bench.run(load, table("append"), other), "amuont", "did you mean 'amount'");
    }
  }

  @Nested
  class IntoAFile {

    private String target(String name) {
      return bench.steps.exports().resolve(name).toString();
    }

    @Test
    void rowsAreAppendedToACsvFile() throws Exception {
      String path = target("out.csv");
      bench.run(load, into("append", "output_path", path), bench.csv("a", "id,v\n007,x\n"));
      Map<String, @Nullable Object> output =
          bench.run(
              load, into("append", "output_path", path), bench.csv("b", "v,id\n\"\",1\n,2\n"));
      assertEquals("id,v\n007,x\n1,\"\"\n2,\n", Files.readString(Path.of(path)));
      assertEquals(1L, detail(output, "load", "rows_before"));
      assertEquals(3L, detail(output, "load", "rows"));
    }

    @Test
    void rowsAreReplacedByKeyInParquet() throws Exception {
      String path = target("out.parquet");
      bench.run(
          load, into("replace", "output_path", path), bench.csv("a", "id,v\n1,x\n2,y\n3,z\n"));
      Map<String, @Nullable Object> output =
          bench.run(
              load,
              into("upsert", "output_path", path, "key", "id"),
              bench.csv("b", "id,v\n2,new\n4,w\n"));
      assertEquals(
          List.of(row("1", "x"), row("3", "z"), row("2", "new"), row("4", "w")),
          bench.parquet(path));
      assertEquals(1L, detail(output, "load", "rows_updated"));
      assertEquals(1L, detail(output, "load", "rows_inserted"));
    }

    @Test
    void aFileOfOtherColumnsIsLeftAsItIs() throws Exception {
      String path = target("out.csv");
      Files.writeString(Path.of(path), "a,b\n1,2\n");
      StepInput rows = bench.csv("a", "a,c\n3,4\n");
      assertRefused(
          () -> bench.run(load, into("append", "output_path", path), rows), "a, b", "a, c");
      assertEquals("a,b\n1,2\n", Files.readString(Path.of(path)));
    }

    @Test
    void aMalformedFileIsNotCutShort() throws Exception {
      String path = target("out.csv");
      Files.writeString(Path.of(path), "a,c\n1,2,3\n");
      StepInput rows = bench.csv("a", "a,c\n3,4\n");
      assertRefused(
          () -> bench.run(load, into("append", "output_path", path), rows), "1 malformed");
      assertEquals("a,c\n1,2,3\n", Files.readString(Path.of(path)));
    }

    @Test
    void withoutAPathTheFileLiesInTheTasksFolder() throws Exception {
      Map<String, @Nullable Object> output = bench.run(load, Map.of(), bench.csv("a", "id\n007\n"));
      assertEquals(List.of(row("007")), bench.rows(output));
    }

    @Test
    void outsideTheOutputRootsNothingIsWritten() throws Exception {
      StepInput rows = bench.csv("a", "id\n1\n");
      Path outside = bench.steps.data().resolve("out.csv");
      assertRefused(
          () -> bench.run(load, into("replace", "output_path", outside.toString()), rows),
          "ETL_OUTPUT_ROOTS");
      assertFalse(Files.exists(outside));
    }
  }

  @Test
  void itIsNotRunAgainByItselfBecauseAppendingTwiceIsNotAppendingOnce() {
    assertFalse(load.describe().retryable());
  }
}
