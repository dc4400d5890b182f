package io.etlapi.step.completeness.matching;

import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The match rules of a control, bound to typed fields.
 *
 * @param fields all fields: harmonised in their order, then enriched, then derived; the order in
 *     which ties between rows are broken
 * @param harmonised how many of {@code fields}, from the first, are harmonised
 */
public record MatchModel(List<MatchField> fields, int harmonised, MatchRules rules) {

  /** Columns that the tables of this package have beside the fields. */
  private static final List<String> TAKEN =
      List.of(
          "side",
          "row_id",
          "carried",
          "key_null",
          "duplicate",
          "file",
          "line",
          "_file",
          "_line",
          "match_id",
          "pass",
          "differences",
          "break_id",
          "category",
          "explanation",
          "owner",
          "differing_fields");

  public MatchModel {
    fields = List.copyOf(fields);
    if (harmonised < 1 || harmonised > fields.size()) {
      throw new IllegalArgumentException(harmonised + " harmonised of " + fields.size());
    }
  }

  /**
   * Binds a control to the columns that its two sides have.
   *
   * @throws StepException if a field is missing, or its types on the two sides do not belong
   *     together
   */
  public static MatchModel of(
      ControlDefinition control, Map<String, ColumnType> src, Map<String, ColumnType> tgt)
      throws StepException {
    List<MatchField> fields = new ArrayList<>();
    Set<String> used = used(control);
    requireDistinctColumns(control);
    for (String name : control.fields()) {
      fields.add(new MatchField(name, common(name, src, tgt, used.contains(name))));
    }
    return new MatchModel(fields, control.harmonise().size(), control.match());
  }

  /** The engine does not tell column names by case, and breaks hold each field once a side. */
  private static void requireDistinctColumns(ControlDefinition control) throws StepException {
    Set<String> columns = new LinkedHashSet<>(TAKEN);
    for (String field : control.fields()) {
      for (String column : List.of(field, "src_" + field, "tgt_" + field, "diff_" + field)) {
        if (!columns.add(column.toLowerCase(Locale.ROOT))) {
          throw new StepException(
              "the field "
                  + field
                  + " would give the tables of the control two columns named "
                  + column
                  + "; rename it");
        }
      }
    }
  }

  private static Set<String> used(ControlDefinition control) {
    Set<String> used = new LinkedHashSet<>(control.harmonisedFields());
    used.addAll(control.match().key());
    used.addAll(control.match().groupBy());
    used.addAll(control.match().balance());
    for (Pass pass : control.match().passes()) {
      used.addAll(pass.on());
      pass.compare().forEach(compare -> used.add(compare.field()));
    }
    return used;
  }

  private static ColumnType common(
      String name, Map<String, ColumnType> src, Map<String, ColumnType> tgt, boolean used)
      throws StepException {
    ColumnType onSrc = src.get(name);
    ColumnType onTgt = tgt.get(name);
    if (onSrc == null) {
      return onOneSide(name, onTgt, "src", used);
    }
    if (onTgt == null) {
      return onOneSide(name, onSrc, "tgt", used);
    }
    Optional<ColumnType> common = onSrc.common(onTgt);
    if (common.isEmpty() && used) {
      throw new StepException(
          "the field "
              + name
              + " is "
              + onSrc.word()
              + " on src and "
              + onTgt.word()
              + " on tgt, which cannot be compared; give both sides one type");
    }
    return common.orElse(ColumnType.TEXT);
  }

  private static ColumnType onOneSide(
      String name, @Nullable ColumnType other, String missing, boolean used) throws StepException {
    if (other == null) {
      throw new StepException("the field " + name + " is in the rows of neither side");
    }
    if (used) {
      throw new StepException(
          "the field "
              + name
              + " is missing in the rows of "
              + missing
              + "; a field that is matched or balanced is needed on both sides");
    }
    return other;
  }

  /** The field of that name. */
  public MatchField field(String name) {
    for (MatchField field : fields) {
      if (field.name().equals(name)) {
        return field;
      }
    }
    throw new IllegalArgumentException("no such field: " + name);
  }

  List<MatchField> named(List<String> names) {
    return names.stream().map(this::field).toList();
  }

  List<MatchField> harmonisedFields() {
    return fields.subList(0, harmonised);
  }

  List<MatchField> keyFields() {
    return named(rules.key());
  }

  List<MatchField> groupFields() {
    return named(rules.groupBy());
  }

  List<MatchField> balanceFields() {
    return named(rules.balance());
  }

  /** What identifies a record within its group: key, then group; each field once. */
  List<MatchField> keyAndGroup() {
    return distinct(rules.key(), rules.groupBy());
  }

  /** Every field compared in any pass, in order of first mention. */
  List<MatchField> compared() {
    Set<String> names = new LinkedHashSet<>();
    rules.passes().forEach(pass -> comparedIn(pass).forEach(field -> names.add(field.name())));
    return named(List.copyOf(names));
  }

  List<MatchField> comparedIn(Pass pass) {
    return named(pass.compare().stream().map(Comparison::field).distinct().toList());
  }

  /** Fields that a pass is on or compares, outside key and group, in order of first mention. */
  List<MatchField> differing() {
    Set<String> names = new LinkedHashSet<>();
    for (Pass pass : rules.passes()) {
      names.addAll(pass.on());
      pass.compare().forEach(compare -> names.add(compare.field()));
    }
    names.removeAll(rules.key());
    names.removeAll(rules.groupBy());
    return named(List.copyOf(names));
  }

  /** Where rows must be equal before a pass looks at them: its {@code on}, then the group. */
  List<MatchField> onAndGroup(Pass pass) {
    return distinct(pass.on(), rules.groupBy());
  }

  /** The comparisons of a pass that a test selects. */
  static List<Comparison> comparisons(Pass pass, Predicate<Comparison> test) {
    return pass.compare().stream().filter(test).toList();
  }

  private List<MatchField> distinct(List<String> first, List<String> second) {
    Set<String> names = new LinkedHashSet<>(first);
    names.addAll(second);
    return named(List.copyOf(names));
  }

  /** Both lists, each field once. */
  static List<MatchField> union(List<MatchField> first, List<MatchField> second) {
    Map<String, MatchField> all = new LinkedHashMap<>();
    first.forEach(field -> all.put(field.name(), field));
    second.forEach(field -> all.putIfAbsent(field.name(), field));
    return List.copyOf(all.values());
  }
}
