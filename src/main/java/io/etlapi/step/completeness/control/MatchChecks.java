package io.etlapi.step.completeness.control;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules for matching: fields that exist on both sides, comparisons that suit their types. */
final class MatchChecks {

  private static final String SHARED = "field of both sides";

  private final ControlDefinition control;
  private final DocumentNode document;
  private final Findings findings;
  private final Set<String> shared;
  private final Map<String, ColumnType> types = new LinkedHashMap<>();

  MatchChecks(ControlDefinition control, DocumentNode document, Findings findings) {
    this.control = control;
    this.document = document;
    this.findings = findings;
    this.shared = new LinkedHashSet<>(control.fields(Side.SRC));
    shared.retainAll(new HashSet<>(control.fields(Side.TGT)));
    shared.remove("");
    Map<String, ColumnType> src = FieldTypes.ofFields(control, document, Side.SRC);
    Map<String, ColumnType> tgt = FieldTypes.ofFields(control, document, Side.TGT);
    src.forEach(
        (field, type) ->
            Optional.ofNullable(tgt.get(field))
                .flatMap(type::common)
                .ifPresent(both -> types.put(field, both)));
  }

  void check() {
    DocumentNode match = document.get("match");
    fieldList(match.get("key"), control.match().key());
    fieldList(match.get("group_by"), control.match().groupBy());
    fieldList(match.get("balance"), control.match().balance());
    for (int i = 0; i < control.match().balance().size(); i++) {
      requireNumber("/match/balance/" + i, control.match().balance().get(i));
    }
    breakColumns();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < control.match().passes().size(); i++) {
      Pass pass = control.match().passes().get(i);
      if (!pass.id().isEmpty() && !ids.add(pass.id())) {
        findings.fault(
            "/match/passes/" + i + "/id", "found '" + pass.id() + "', which is a pass already");
      }
      pass(pass, new DocumentNode(null, "/match/passes/" + i), i);
    }
  }

  private void fieldList(DocumentNode node, List<String> fields) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < fields.size(); i++) {
      String pointer = node.pointer() + "/" + i;
      findings.requireKnown(pointer, SHARED, fields.get(i), shared);
      if (!seen.add(fields.get(i))) {
        findings.fault(pointer, "found '" + fields.get(i) + "' twice");
      }
    }
  }

  /** Prefixed names could meet plain ones: a key src_amount beside a field amount. */
  private void breakColumns() {
    Set<String> seen = new HashSet<>();
    for (String column : BreakColumns.all(control)) {
      if (!seen.add(column.toLowerCase(Locale.ROOT))
          && !column.endsWith("_")
          && !repeated(column)) {
        findings.fault(
            "/match",
            "two columns of a break would be named '" + column + "'; choose other field names");
      }
    }
  }

  private boolean repeated(String column) {
    MatchRules match = control.match();
    return match.key().stream().filter(column::equals).count() > 1
        || match.groupBy().stream().filter(column::equals).count() > 1
        || match.balance().stream().filter(field -> ("diff_" + field).equals(column)).count() > 1;
  }

  private void pass(Pass pass, DocumentNode node, int index) {
    fieldList(node.get("on"), pass.on());
    Set<String> compared = new HashSet<>();
    for (int i = 0; i < pass.compare().size(); i++) {
      Comparison comparison = pass.compare().get(i);
      DocumentNode rule = new DocumentNode(null, node.get("compare").pointer() + "/" + i);
      String pointer = rule.get("field").pointer();
      if (!findings.requireKnown(pointer, SHARED, comparison.field(), shared)) {
        continue;
      }
      if (!compared.add(comparison.field())) {
        findings.fault(pointer, "found '" + comparison.field() + "' twice in one pass");
      }
      comparison(
          comparison,
          document.get("match").get("passes").items().get(index).get("compare").items().get(i));
    }
    for (String field : control.match().balance()) {
      if (!compared.contains(field) && !pass.on().contains(field)) {
        findings.warning(
            node.pointer(),
            "the pass '"
                + pass.id()
                + "' leaves the balance field '"
                + field
                + "' uncompared: what it absorbs is no longer CLEAN");
      }
    }
  }

  private void comparison(Comparison comparison, DocumentNode source) {
    String kind = comparison.kind().key();
    boolean tolerant =
        switch (comparison.kind()) {
          case ABSOLUTE, PERCENT, DAYS -> true;
          case EXACT, TEXT -> false;
        };
    DocumentNode tolerance = source.get("tolerance");
    if (tolerant && tolerance.value() == null) {
      findings.fault(source.pointer(), "the kind '" + kind + "' needs the member 'tolerance'");
    } else if (!tolerant && tolerance.value() != null && source.get("kind").value() != null) {
      findings.fault(
          tolerance.pointer(),
          "the kind '" + kind + "' has no tolerance; allowed with absolute, percent and days");
    }
    if (source.get("base").value() != null && comparison.kind() != Comparison.Kind.PERCENT) {
      findings.fault(source.get("base").pointer(), "a base belongs to the kind 'percent' alone");
    }
    DocumentNode field = source.get("field");
    switch (comparison.kind()) {
      case ABSOLUTE, PERCENT -> requireNumber(field.pointer(), comparison.field());
      case DAYS -> {
        ColumnType type = types.get(comparison.field());
        if (type != null && !type.isTemporal()) {
          typeFault(field.pointer(), type, "a date or a timestamp");
        }
      }
      case TEXT -> {
        ColumnType type = types.get(comparison.field());
        if (type != null && !type.equals(ColumnType.TEXT)) {
          typeFault(field.pointer(), type, "a text");
        }
      }
      case EXACT -> {
        // every type can be equal
      }
    }
  }

  private void requireNumber(String pointer, String field) {
    ColumnType type = types.get(field);
    if (type != null && !type.isNumeric()) {
      typeFault(pointer, type, "a number; give its columns such a type");
    }
  }

  private void typeFault(String pointer, ColumnType type, String allowed) {
    findings.fault(pointer, "found a field of type " + type.word() + "; allowed: " + allowed);
  }
}
