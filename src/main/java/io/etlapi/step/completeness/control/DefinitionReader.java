package io.etlapi.step.completeness.control;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Turns a document into a definition without judging it: what is missing or of the wrong type
 * becomes a neutral value in its place, so that positions in lists stay those of the document.
 */
final class DefinitionReader {

  private DefinitionReader() {}

  static ControlDefinition read(DocumentNode document) {
    return new ControlDefinition(
        document.get("control_id").text(),
        side(document, Side.SRC),
        side(document, Side.TGT),
        document.get("harmonise").items().stream().map(DefinitionReader::rule).toList(),
        match(document.get("match")),
        document.get("explain").items().stream().map(DefinitionReader::explanation).toList(),
        rolling(document.get("rolling")),
        new Thresholds(document.get("thresholds").get("max_open_breaks").wholeOrNull()));
  }

  private static SideSpec side(DocumentNode document, Side side) {
    DocumentNode node = document.get("sides").get(side.key());
    return new SideSpec(
        files(node),
        columns(node),
        node.get("scope").textOrNull(),
        expected(node.get("expected")),
        document.get("enrich").get(side.key()).items().stream()
            .map(DefinitionReader::lookup)
            .toList(),
        document.get("transform").get(side.key()).items().stream()
            .map(derived -> new Derived(derived.get("to").text(), derived.get("sql").text()))
            .toList());
  }

  private static FileSpec files(DocumentNode node) {
    DocumentNode read = node.get("read");
    ReadOptions otherwise = ReadOptions.DEFAULT;
    return new FileSpec(
        node.get("files").text(),
        word(FileFormat.values(), node.get("format").text(), FileFormat.CSV),
        new ReadOptions(
            read.get("delimiter").text(otherwise.delimiter()),
            read.get("quote").text(otherwise.quote()),
            read.get("encoding").text(otherwise.encoding()),
            read.get("header").flag(otherwise.header()),
            read.get("skip_rows").integer(otherwise.skipRows()),
            read.get("sheet").textOrNull()));
  }

  private static List<ColumnSpec> columns(DocumentNode node) {
    return node.get("columns").items().stream()
        .map(
            column ->
                new ColumnSpec(
                    column.get("name").text(),
                    ColumnType.parse(column.get("type").text()).orElse(ColumnType.TEXT),
                    column.get("format").textOrNull(),
                    column.get("thousands_separator").textOrNull(),
                    column.get("decimal_separator").text(".")))
        .toList();
  }

  private static Expected expected(DocumentNode node) {
    Map<String, BigDecimal> sums = new LinkedHashMap<>();
    node.get("sums")
        .textMap()
        .forEach((column, sum) -> sums.put(column, node.get("sums").get(column).decimal()));
    return new Expected(node.get("rows").wholeOrNull(), sums);
  }

  private static Lookup lookup(DocumentNode node) {
    return new Lookup(
        files(node),
        columns(node),
        node.get("on").textMap(),
        node.get("add").textMap(),
        word(Lookup.Missing.values(), node.get("missing").text(), Lookup.Missing.NULL));
  }

  private static HarmoniseRule rule(DocumentNode node) {
    return new HarmoniseRule(
        node.get("to").text(),
        node.get("src").text(),
        node.get("tgt").text(),
        node.get("ops").items().stream()
            .map(DocumentNode::text)
            .flatMap(word -> Op.parse(word).stream())
            .toList(),
        node.get("map").textMap());
  }

  private static MatchRules match(DocumentNode node) {
    return new MatchRules(
        node.get("key").texts(),
        node.get("group_by").texts(),
        node.get("balance").texts(),
        node.get("passes").items().stream().map(DefinitionReader::pass).toList());
  }

  private static Pass pass(DocumentNode node) {
    String type = node.get("type").text();
    Pass.Cardinality cardinality = Pass.Cardinality.ONE_TO_ONE;
    for (Pass.Cardinality candidate : Pass.Cardinality.values()) {
      if (candidate.word().equals(type)) {
        cardinality = candidate;
      }
    }
    return new Pass(
        node.get("id").text(),
        cardinality,
        node.get("on").texts(),
        node.get("compare").items().stream().map(DefinitionReader::comparison).toList());
  }

  private static Comparison comparison(DocumentNode node) {
    return new Comparison(
        node.get("field").text(),
        word(Comparison.Kind.values(), node.get("kind").text(), Comparison.Kind.EXACT),
        node.get("tolerance").decimal(),
        word(Comparison.Base.values(), node.get("base").text(), Comparison.Base.SRC));
  }

  private static Explanation explanation(DocumentNode node) {
    return new Explanation(
        node.get("when").text(), node.get("as").text(), node.get("owner").textOrNull());
  }

  private static RollingRules rolling(DocumentNode node) {
    RollingRules otherwise = RollingRules.DEFAULT;
    DocumentNode calendar = node.get("calendar");
    String holidays = calendar.get("holidays").textOrNull();
    RollingRules.Days days =
        holidays != null
            ? RollingRules.Days.BUSINESS
            : calendar.text().equals("all") ? RollingRules.Days.ALL : otherwise.calendar().days();
    DocumentNode buckets = node.get("buckets");
    return new RollingRules(
        word(RollingRules.Feed.values(), node.get("feed").text(), otherwise.feed()),
        new RollingRules.AgeCalendar(days, holidays),
        buckets.value() == null
            ? otherwise.buckets()
            : buckets.items().stream().map(bound -> bound.integer(0)).toList());
  }

  private static <E extends Enum<E>> E word(E[] known, String word, E otherwise) {
    for (E candidate : known) {
      if (candidate.name().toLowerCase(Locale.ROOT).equals(word)) {
        return candidate;
      }
    }
    return otherwise;
  }
}
