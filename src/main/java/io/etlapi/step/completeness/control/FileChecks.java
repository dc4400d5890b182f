package io.etlapi.step.completeness.control;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The rules for files and their columns, on a side or in a lookup. */
final class FileChecks {

  private final Findings findings;
  private final DocumentNode node;

  FileChecks(Findings findings, DocumentNode node) {
    this.findings = findings;
    this.node = node;
  }

  void check(FileSpec files, List<ColumnSpec> columns) {
    if (!files.pattern().isEmpty()) {
      pattern(files.pattern());
    }
    read(files);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      if (!name.isEmpty() && !seen.add(name.toLowerCase(Locale.ROOT))) {
        findings.fault(
            node.get("columns").items().get(i).get("name").pointer(),
            "found '" + name + "', which is a column already (upper and lower case are one)");
      }
      DocumentNode source = node.get("columns").items().get(i);
      if (ColumnType.parse(source.get("type").text()).isEmpty()) {
        unknownType(source.get("type"));
      } else {
        format(columns.get(i), source);
        number(columns.get(i), source);
        sheetNumber(files.format(), columns.get(i), source);
      }
    }
  }

  private void pattern(String text) {
    String pointer = node.get("files").pointer();
    try {
      if (!FilePattern.of(text).dependsOnRunDate()) {
        findings.warning(
            pointer, "the path holds no {run_date:PATTERN}: every run date reads the same files");
      }
    } catch (IllegalArgumentException e) {
      findings.fault(pointer, String.valueOf(e.getMessage()));
    }
  }

  private void read(FileSpec files) {
    ReadOptions read = files.read();
    if (files.format() == FileFormat.CSV && read.delimiter().equals(read.quote())) {
      findings.fault(
          node.get("read").get("quote").pointer(),
          "found the delimiter '" + read.quote() + "' as quote; they must differ");
    }
    Set<String> used =
        switch (files.format()) {
          case CSV -> Set.of("delimiter", "quote", "encoding", "header", "skip_rows");
          case XLSX -> Set.of("header", "skip_rows", "sheet");
          case PARQUET, JSON -> Set.of();
        };
    for (String option : node.get("read").members()) {
      if (!used.contains(option)) {
        findings.warning(
            node.get("read").get(option).pointer(),
            "'" + option + "' has no effect on the format " + files.format().key());
      }
    }
  }

  private void unknownType(DocumentNode type) {
    if (type.text().startsWith("decimal")) {
      findings.fault(
          type.pointer(),
          "found '" + type.text() + "'; allowed: decimal(p,s) with p from 1 to 38, s from 0 to p");
    }
  }

  private void format(ColumnSpec column, DocumentNode node) {
    String format = column.format();
    if (format == null) {
      return;
    }
    String pointer = node.get("format").pointer();
    try {
      switch (column.type().kind()) {
        case DATE -> TemporalPattern.ofDate(format);
        case TIMESTAMP -> TemporalPattern.ofTimestamp(format);
        case BOOLEAN -> {
          String[] words = format.split("/", -1);
          if (words.length != 2
              || words[0].isBlank()
              || words[1].isBlank()
              || words[0].strip().equalsIgnoreCase(words[1].strip())) {
            findings.fault(
                pointer, "found '" + format + "'; allowed: the words for true and false, as Y/N");
          }
        }
        case TEXT, INTEGER, DECIMAL, DOUBLE ->
            findings.fault(
                pointer,
                "found a format on a column of type "
                    + column.type().word()
                    + "; allowed on date, timestamp and boolean");
      }
    } catch (IllegalArgumentException e) {
      findings.fault(pointer, String.valueOf(e.getMessage()));
    }
  }

  /** A number of a sheet is a number, whatever separators it is shown with. */
  private void sheetNumber(FileFormat format, ColumnSpec column, DocumentNode node) {
    if (format == FileFormat.XLSX && column.decimalSeparator().equals(",")) {
      findings.fault(
          node.get("decimal_separator").pointer(),
          "found ','; numbers of a sheet have no decimal separator of their own");
    }
  }

  private void number(ColumnSpec column, DocumentNode node) {
    if (column.type().equals(ColumnType.DOUBLE)) {
      findings.warning(
          node.get("type").pointer(),
          "a double cannot hold most decimals exactly; use decimal(p,s) for money");
    }
    String thousands = column.thousandsSeparator();
    if (thousands == null && column.decimalSeparator().equals(".")) {
      return;
    }
    String pointer =
        node.get(thousands == null ? "decimal_separator" : "thousands_separator").pointer();
    if (!column.type().isNumeric()) {
      findings.fault(
          pointer,
          "found a separator on a column of type " + column.type().word() + "; allowed on numbers");
    } else if (column.decimalSeparator().equals(thousands)) {
      findings.fault(
          pointer, "found '" + thousands + "', which separates the decimals; they must differ");
    }
  }
}
