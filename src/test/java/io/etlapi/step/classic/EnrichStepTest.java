package io.etlapi.step.classic;

import static io.etlapi.step.Outputs.assertRefused;
import static io.etlapi.step.classic.ClassicBench.detail;
import static io.etlapi.step.classic.ClassicBench.row;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.StepInput;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrichStepTest {

  private static final Map<String, Object> DESKS =
      Map.of("on", Map.of("book", "book_id"), "add", Map.of("desk", "desk_name"));

  private ClassicBench bench;
  private StepInput trades;
  private final EnrichStep enrich = new EnrichStep();

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    bench = new ClassicBench(folder);
    trades = bench.csv("trades", "id,book\n1,B2\n2,B9\n3,\n4,B1\n");
  }

  @Test
  void aRowWithoutAMatchKeepsItsPlaceWithNulls() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(enrich, DESKS, trades, lookup("book_id,desk_name\nB1,Rates\nB2,Credit\n"));
    assertEquals(
        List.of(
            row("1", "B2", "Credit"),
            row("2", "B9", null),
            row("3", null, null),
            row("4", "B1", "Rates")),
        bench.rows(output));
    assertEquals(2L, detail(output, "enrich", "rows_without_match"));
  }

  @Test
  void rowsWithoutAMatchCanBeSetAside() throws Exception {
    Map<String, @Nullable Object> output =
        bench.run(
            enrich,
            with("missing", "reject"),
            trades,
            lookup("book_id,desk_name\nB1,Rates\nB2,Credit\n"));
    assertEquals(List.of(row("1", "B2", "Credit"), row("4", "B1", "Rates")), bench.rows(output));
    assertEquals(
        List.of(row("2", "B9"), row("3", null)),
        bench.parquet(String.valueOf(detail(output, "enrich", "rejected_file"))));
  }

  @Test
  void orFailTheTaskWithTheFirstOfThem() throws Exception {
    StepInput lookup = lookup("book_id,desk_name\nB1,Rates\nB2,Credit\n");
    assertRefused(
        () -> bench.run(enrich, with("missing", "fail"), trades, lookup),
        "2 rows",
        "row 2",
        "book = 'B9'");
  }

  @Test
  void aKeyThatTheLookupHasTwiceIsNamed() throws Exception {
    StepInput lookup = lookup("book_id,desk_name\nB1,Rates\nB2,Credit\nB1,Rates\n,x\n,y\n");
    assertRefused(
        () -> bench.run(enrich, DESKS, trades, lookup), "book_id = 'B1'", "2 times", "rows 1, 3");
  }

  @Test
  void keysAreComparedByWhatTheyMean() throws Exception {
    StepInput rows = bench.csv("rows", "n\n1.0\n2.5\n");
    Map<String, @Nullable Object> output =
        bench.run(
            enrich,
            Map.of("on", Map.of("n", "k"), "add", Map.of("v", "v")),
            rows,
            bench.csv("lookup", "k,v\n1,one\n2,two\n"));
    assertEquals(List.of(row("1.0", "one"), row("2.5", null)), bench.rows(output));
  }

  @Test
  void whatCannotBeAddedIsNamed() throws Exception {
    StepInput lookup = lookup("book_id,desk_name\nB1,Rates\n");
    assertRefused(
        () ->
            bench.run(
                enrich,
                Map.of("on", Map.of("book", "book_id"), "add", Map.of("ID", "desk_name")),
                trades,
                lookup),
        "two columns 'ID'");
    assertRefused(
        () ->
            bench.run(
                enrich,
                Map.of("on", Map.of("book", "bookid"), "add", Map.of("desk", "desk_name")),
                trades,
                lookup),
        "bookid",
        "did you mean 'book_id'");
    assertRefused(() -> bench.run(enrich, DESKS, trades), "two tables");
    assertRefused(() -> bench.run(enrich, Map.of(), trades, lookup), "needs on and add");
  }

  private StepInput lookup(String content) throws Exception {
    return bench.csv("lookup", content);
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(DESKS);
    more.put(name, value);
    return more;
  }
}
