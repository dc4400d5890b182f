package io.etlapi.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Finds tables by the names that people write, whatever case the database keeps names in. */
final class TableSearch {

  private record Entry(@Nullable String schema, String name) {}

  private TableSearch() {}

  /** The tables that are meant; more than one if the name does not say which. */
  static List<DatabaseTable> find(Connection connection, String text) throws SQLException {
    int dot = text.indexOf('.');
    String schema = dot < 0 ? null : text.substring(0, dot).strip();
    String name = text.substring(dot + 1).strip();
    List<Entry> all = list(connection);
    for (BiPredicate<String, String> same :
        List.<BiPredicate<String, String>>of(String::equals, String::equalsIgnoreCase)) {
      List<Entry> named = all.stream().filter(entry -> same.test(entry.name(), name)).toList();
      String wanted = schema != null ? schema : own(connection);
      List<Entry> inSchema =
          named.stream()
              .filter(entry -> wanted != null && entry.schema() != null)
              .filter(entry -> same.test(String.valueOf(entry.schema()), String.valueOf(wanted)))
              .toList();
      List<Entry> found = schema != null || !inSchema.isEmpty() ? inSchema : named;
      if (!found.isEmpty()) {
        return found.stream().map(TableSearch::table).toList();
      }
    }
    return List.of();
  }

  private static DatabaseTable table(Entry entry) {
    return new DatabaseTable(
        entry.schema() == null ? List.of(entry.name()) : List.of(entry.schema(), entry.name()));
  }

  /** The connection's schema; where the database has none, its catalogue. */
  private static @Nullable String own(Connection connection) throws SQLException {
    String schema = connection.getSchema();
    return schema != null ? schema : connection.getCatalog();
  }

  private static List<Entry> list(Connection connection) throws SQLException {
    List<Entry> entries = new ArrayList<>();
    try (ResultSet tables =
        connection.getMetaData().getTables(connection.getCatalog(), null, "%", null)) {
      while (tables.next()) {
        String schema = tables.getString("TABLE_SCHEM");
        entries.add(
            new Entry(
                schema != null && !schema.isEmpty() ? schema : tables.getString("TABLE_CAT"),
                tables.getString("TABLE_NAME")));
      }
    }
    return entries;
  }
}
