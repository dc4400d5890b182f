package io.etlapi.step.dataset;

import io.etlapi.step.NearestName;
import io.etlapi.step.StepException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the headers of a foreign file into column names. The rules, in order: a byte order mark is
 * dropped; control characters become spaces; outer white space goes; names above {@value
 * #MAX_LENGTH} characters are cut; an empty name becomes {@code column_N} (from 1); a name that
 * equals an earlier one, ignoring case as SQL does, gets {@code _2}, {@code _3} and so on.
 */
public final class ColumnNames {

  static final int MAX_LENGTH = 200;

  private static final int MAX_LISTED = 40;

  /**
   * The names and what was changed.
   *
   * @param notes one sentence per changed header, for the log
   */
  public record Cleaned(List<String> names, List<String> notes) {}

  private ColumnNames() {}

  /** Applies the rules to the headers of a file. */
  public static Cleaned clean(List<? extends @Nullable String> headers) {
    List<String> names = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    // Names that other columns already bear must not be taken by a numbered duplicate.
    Set<String> wanted = new HashSet<>();
    for (String header : headers) {
      wanted.add(key(plain(header)));
    }
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < headers.size(); i++) {
      String plain = plain(headers.get(i));
      String base = plain.isEmpty() ? "column_" + (i + 1) : plain;
      String name = base;
      boolean free = taken.add(key(name));
      for (int n = 2; !free; n++) {
        name = cut(base, MAX_LENGTH - 8) + "_" + n;
        free = !wanted.contains(key(name)) && taken.add(key(name));
      }
      names.add(name);
      if (!name.equals(headers.get(i))) {
        notes.add("column " + (i + 1) + ": header '" + cut(plain, 60) + "' became '" + name + "'");
      }
    }
    return new Cleaned(names, notes);
  }

  private static String plain(@Nullable String header) {
    if (header == null) {
      return "";
    }
    String unmarked = header.startsWith("\uFEFF") ? header.substring(1) : header;
    return cut(unmarked.replaceAll("\\p{Cntrl}", " ").strip(), MAX_LENGTH).strip();
  }

  private static String cut(String text, int length) {
    return text.codePointCount(0, text.length()) <= length
        ? text
        : text.substring(0, text.offsetByCodePoints(0, length));
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * The columns of these names, in their order; exact spelling first, then ignoring case.
   *
   * @param source the file, as messages name it
   * @throws StepException if one is missing
   */
  public static List<DatasetColumn> require(
      List<DatasetColumn> columns, List<String> names, String source) throws StepException {
    List<DatasetColumn> found = new ArrayList<>();
    for (String name : names) {
      found.add(require(columns, name, source));
    }
    return found;
  }

  /** One column of this name; see {@link #require(List, List, String)}. */
  public static DatasetColumn require(List<DatasetColumn> columns, String name, String source)
      throws StepException {
    for (DatasetColumn column : columns) {
      if (column.name().equals(name)) {
        return column;
      }
    }
    for (DatasetColumn column : columns) {
      if (column.name().equalsIgnoreCase(name)) {
        return column;
      }
    }
    List<String> known = columns.stream().map(DatasetColumn::name).toList();
    throw new StepException(
        "The file '"
            + source
            + "' has no column '"
            + cut(name, MAX_LENGTH)
            + "'"
            + NearestName.of(name, known).map(near -> "; did you mean '" + near + "'?").orElse(".")
            + " It has: "
            + String.join(", ", known.subList(0, Math.min(MAX_LISTED, known.size())))
            + (known.size() > MAX_LISTED ? " and " + (known.size() - MAX_LISTED) + " more." : "."));
  }
}
