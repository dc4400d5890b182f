package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import java.util.List;

/**
 * Pairs rows that are alike: the first source row of a class with the first target row, the second
 * with the second, until one side has no more.
 *
 * <p>Classes are told apart by a hash, so that only one narrow number per row is grouped and no
 * wide join is made. Two classes in one number would make a false pair; the proof checks every
 * match against the values again, so that could never pass unseen.
 */
final class RankPairing {

  private final DuckDbSession session;
  private final long lastSrcId;

  /**
   * Works in a session.
   *
   * @param lastSrcId the highest {@code row_id} of a source row
   */
  RankPairing(DuckDbSession session, long lastSrcId) {
    this.session = session;
    this.lastSrcId = lastSrcId;
  }

  /**
   * Adds pairs to a table.
   *
   * @param free relation with {@code side}, {@code row_id} and the fields
   * @param eligible which of its rows take part
   * @param alike expressions in which the rows of a class agree
   * @param order by which the rows of a class are ranked; {@code row_id} decides between equals
   * @param target table with {@code pass}, {@code src_id}, {@code tgt_id}
   */
  void pair(
      String free,
      String eligible,
      List<String> alike,
      List<String> order,
      String target,
      int pass) {
    String members =
        "SELECT *, %s AS class FROM %s WHERE %s".formatted(FieldSql.hash(alike), free, eligible);
    session.execute(
        """
        CREATE OR REPLACE TABLE pairing_class AS
        SELECT class, count(*) AS members, min(row_id) AS first_id, max(row_id) AS last_id
        FROM (%s) GROUP BY class
        HAVING first_id <= %d AND last_id > %2$d\
        """
            .formatted(members, lastSrcId));
    session.execute(
        """
        INSERT INTO %s
        SELECT %d, first_id, last_id FROM pairing_class WHERE members = 2\
        """
            .formatted(target, pass));
    if (session.number("SELECT count(*) FROM pairing_class WHERE members > 2") > 0) {
      session.execute(
          """
          INSERT INTO %s
          WITH ranked AS (
            SELECT side, row_id, class,
              row_number() OVER (PARTITION BY class, side ORDER BY %s) AS place
            FROM (%s)
            WHERE class IN (SELECT class FROM pairing_class WHERE members > 2))
          SELECT %d, s.row_id, t.row_id
          FROM ranked AS s JOIN ranked AS t ON s.class = t.class AND s.place = t.place
          WHERE s.side = 'src' AND t.side = 'tgt'\
          """
              .formatted(
                  target,
                  String.join(", ", FieldSql.concat(order, List.of("row_id"))),
                  members,
                  pass));
    }
    session.execute("DROP TABLE pairing_class");
  }
}
