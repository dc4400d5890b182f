package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbEngine;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Runs the real matching on rows held in Java and tells its result in the words of {@link
 * ReferenceMatching}.
 */
final class MatchingEngine implements AutoCloseable {

  final DuckDbSession session;

  MatchingEngine(Path folder) throws InterruptedException {
    this.session =
        new DuckDbEngine(1L << 30, 2, 1L << 30, folder.resolve("spill")).open(List.of(), folder);
  }

  /** Loads, combines, matches; leaves {@code combined}, {@code matches} and {@code breaks}. */
  void run(MatchModel model, List<MatchRow> rows) throws InterruptedException, StepException {
    List<String> names = model.fields().stream().map(MatchField::name).toList();
    for (Side side : Side.values()) {
      String columns =
          names.stream().map(name -> '"' + name + "\" VARCHAR").collect(Collectors.joining(", "));
      session.execute(
          "CREATE OR REPLACE TABLE in_%s (row_number VARCHAR, _file VARCHAR, _line VARCHAR, %s)"
              .formatted(side.key(), columns));
      int number = 0;
      try (var appender = session.appender("in_" + side.key())) {
        for (MatchRow row : rows) {
          if (row.side() == side) {
            number++;
            List<String> values = new ArrayList<>();
            values.add(Integer.toString(number));
            values.add(side.key() + ".csv");
            values.add(Integer.toString(number + 1));
            for (String name : names) {
              Object value = row.get(name);
              values.add(value == null ? null : MatchRow.text(value));
            }
            appender.row(values.toArray(new String[0]));
          }
        }
      }
    }
    combine(model, names);
    match(model);
  }

  void combine(MatchModel model, List<String> names) {
    session.execute(
        "CREATE OR REPLACE TABLE combined AS "
            + new CombinedRows(session, model, input(Side.SRC, names), input(Side.TGT, names))
                .select());
  }

  private CombinedRows.Input input(Side side, List<String> names) {
    return CombinedRows.Input.of(
        "(SELECT * REPLACE (CAST(row_number AS BIGINT) AS row_number) FROM in_%s)"
            .formatted(side.key()),
        session.number("SELECT count(*) FROM in_" + side.key()),
        names);
  }

  void match(MatchModel model) throws InterruptedException, StepException {
    new Matching(session, model).run((number, pass) -> {});
    session.execute(
        "CREATE OR REPLACE TABLE matches AS " + new MatchTable(session, model).select());
    new BreakTable(session, model).make(List.of());
  }

  /** The proof, with every row that was loaded as a row read. */
  Proof prove(MatchModel model) {
    return new ProofAccounts(session, model)
        .compute(
            "test",
            "2024-01-15",
            Map.of(
                Side.SRC,
                SideFigures.allOf(session.number("SELECT count(*) FROM in_src")),
                Side.TGT,
                SideFigures.allOf(session.number("SELECT count(*) FROM in_tgt"))));
  }

  /** The outcome of every case, cases told apart by a field. */
  Map<String, List<String>> outcome(MatchModel model, String caseField) {
    Map<String, List<String>> outcome = new TreeMap<>();
    Map<Long, Match> matches = new TreeMap<>();
    session.forEach(
        "SELECT match_id, pass, side, %s, %s FROM matches JOIN combined USING (row_id, side)"
            .formatted(text(model, ""), '"' + caseField + '"'),
        row -> {
          Match match =
              matches.computeIfAbsent(
                  row.integer(1),
                  id -> new Match(String.valueOf(row.text(5)), String.valueOf(row.text(2))));
          ("src".equals(row.text(3)) ? match.src : match.tgt).add(String.valueOf(row.text(4)));
        });
    for (Match match : matches.values()) {
      match.src.sort(null);
      match.tgt.sort(null);
      outcome
          .computeIfAbsent(match.caseName, name -> new ArrayList<>())
          .add("MATCH " + match.pass + " src" + match.src + "tgt" + match.tgt);
    }
    session.forEach(
        "SELECT category, side, %s, %s, differing_fields, %s FROM breaks"
            .formatted(text(model, "src_"), text(model, "tgt_"), '"' + caseField + '"'),
        row -> {
          String side = String.valueOf(row.text(2));
          outcome
              .computeIfAbsent(String.valueOf(row.text(6)), name -> new ArrayList<>())
              .add(
                  row.text(1)
                      + " "
                      + (side.equals("tgt") ? "" : "src[" + row.text(3) + "]")
                      + (side.equals("src") ? "" : "tgt[" + row.text(4) + "]")
                      + (side.equals("both") ? row.text(5) : ""));
        });
    outcome.values().forEach(lines -> lines.sort(null));
    return outcome;
  }

  private static String text(MatchModel model, String prefix) {
    return model.fields().stream()
        .map(field -> "coalesce(CAST(%s AS VARCHAR), '~'), '|'".formatted(field.prefixed(prefix)))
        .collect(Collectors.joining(", ", "concat(", ")"));
  }

  @Override
  public void close() {
    session.close();
  }

  private static final class Match {
    final String caseName;
    final String pass;
    final List<String> src = new ArrayList<>();
    final List<String> tgt = new ArrayList<>();

    Match(String caseName, String pass) {
      this.caseName = caseName;
      this.pass = pass;
    }
  }
}
