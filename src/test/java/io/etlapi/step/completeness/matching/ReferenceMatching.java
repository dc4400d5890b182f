package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of matching once more, in plain Java, as the specification words them and with no
 * thought of speed. Shares nothing with the implementation but the words of a control.
 */
final class ReferenceMatching {

  private final MatchModel model;
  private final List<String> all;
  private final List<String> harmonised;
  private final List<MatchRow> free = new ArrayList<>();
  private final List<MatchRow> rows;
  private final List<String> outcome = new ArrayList<>();

  ReferenceMatching(MatchModel model, List<MatchRow> rows) {
    this.model = model;
    this.rows = rows;
    this.all = model.fields().stream().map(MatchField::name).toList();
    this.harmonised = all.subList(0, model.harmonised());
  }

  /** One line for every match and every break, sorted. */
  List<String> outcome() {
    for (MatchRow row : rows) {
      if (hasKey(row)) {
        free.add(row);
      } else {
        outcome.add("KEY_NULL " + contents(row.side(), List.of(row)));
      }
    }
    for (Pass pass : model.rules().passes()) {
      if (pass.cardinality() == Pass.Cardinality.ONE_TO_ONE) {
        oneToOne(pass);
      } else {
        manyToMany(pass);
      }
    }
    breaks();
    outcome.sort(null);
    return outcome;
  }

  private boolean hasKey(MatchRow row) {
    return model.rules().key().stream().allMatch(key -> row.get(key) != null);
  }

  private List<MatchRow> taking(Pass pass) {
    return free.stream()
        .filter(row -> pass.on().stream().allMatch(on -> row.get(on) != null))
        .toList();
  }

  private void oneToOne(Pass pass) {
    List<String> on = join(pass.on(), model.rules().groupBy());
    List<String> compared = pass.compare().stream().map(Comparison::field).toList();
    Comparator<MatchRow> inAll = MatchRow.order(all);
    for (List<String> alike : List.of(join(join(on, harmonised), compared), join(on, compared))) {
      for (Group group : groups(taking(pass), row -> row.get(alike))) {
        group.sort(inAll);
        for (int i = 0; i < Math.min(group.src.size(), group.tgt.size()); i++) {
          match(pass, List.of(group.src.get(i)), List.of(group.tgt.get(i)));
        }
      }
    }
    List<Comparison> tolerant =
        pass.compare().stream()
            .filter(c -> c.kind() != Comparison.Kind.EXACT && c.kind() != Comparison.Kind.TEXT)
            .toList();
    Comparator<MatchRow> inCompared =
        MatchRow.order(tolerant.stream().map(Comparison::field).toList());
    for (Group group : groups(taking(pass), row -> sweepGroup(pass, on, row))) {
      group.sort(inCompared.thenComparing(inAll));
      int s = 0;
      int t = 0;
      while (s < group.src.size() && t < group.tgt.size()) {
        MatchRow src = group.src.get(s);
        MatchRow tgt = group.tgt.get(t);
        if (tolerant.stream().allMatch(c -> agree(c, src.get(c.field()), tgt.get(c.field())))) {
          match(pass, List.of(src), List.of(tgt));
          s++;
          t++;
        } else if (inCompared.compare(src, tgt) < 0) {
          s++;
        } else {
          t++;
        }
      }
    }
  }

  private static List<@Nullable Object> sweepGroup(Pass pass, List<String> on, MatchRow row) {
    List<@Nullable Object> group = new ArrayList<>(row.get(on));
    for (Comparison compare : pass.compare()) {
      if (compare.kind() == Comparison.Kind.EXACT) {
        group.add(row.get(compare.field()));
      } else if (compare.kind() == Comparison.Kind.TEXT) {
        group.add(folded(row.get(compare.field())));
      }
    }
    return group;
  }

  private void manyToMany(Pass pass) {
    List<String> on = join(pass.on(), model.rules().groupBy());
    Function<MatchRow, List<@Nullable Object>> by =
        row -> {
          List<@Nullable Object> group = new ArrayList<>(row.get(on));
          for (Comparison compare : pass.compare()) {
            if (!numeric(compare.field()) && compare.kind() == Comparison.Kind.EXACT) {
              group.add(row.get(compare.field()));
            } else if (!numeric(compare.field()) && compare.kind() == Comparison.Kind.TEXT) {
              group.add(folded(row.get(compare.field())));
            }
          }
          return group;
        };
    for (Group group : groups(taking(pass), by)) {
      boolean counts =
          switch (pass.cardinality()) {
            case ONE_TO_MANY -> group.src.size() == 1 && !group.tgt.isEmpty();
            case MANY_TO_ONE -> group.tgt.size() == 1 && !group.src.isEmpty();
            default -> !group.src.isEmpty() && !group.tgt.isEmpty();
          };
      if (counts && pass.compare().stream().allMatch(c -> groupAgrees(c, group))) {
        match(pass, List.copyOf(group.src), List.copyOf(group.tgt));
      }
    }
  }

  private boolean groupAgrees(Comparison compare, Group group) {
    if (numeric(compare.field())) {
      BigDecimal src = sum(group.src, compare.field());
      BigDecimal tgt = sum(group.tgt, compare.field());
      return src != null && tgt != null && agree(compare, src, tgt);
    }
    if (compare.kind() != Comparison.Kind.DAYS) {
      return true; // joined the group
    }
    return group.src.stream()
        .allMatch(
            s ->
                group.tgt.stream()
                    .allMatch(t -> agree(compare, s.get(compare.field()), t.get(compare.field()))));
  }

  private static @Nullable BigDecimal sum(List<MatchRow> rows, String field) {
    BigDecimal sum = BigDecimal.ZERO;
    for (MatchRow row : rows) {
      Object value = row.get(field);
      if (value == null) {
        return null;
      }
      sum = sum.add(new BigDecimal(value.toString()));
    }
    return sum;
  }

  private boolean numeric(String field) {
    return model.field(field).type().isNumeric();
  }

  private static boolean agree(Comparison compare, @Nullable Object src, @Nullable Object tgt) {
    if (src == null || tgt == null) {
      return src == tgt;
    }
    if (compare.kind() == Comparison.Kind.TEXT) {
      return Objects.equals(folded(src), folded(tgt));
    }
    if (compare.kind() == Comparison.Kind.DAYS) {
      long days = Math.abs(ChronoUnit.DAYS.between((LocalDate) src, (LocalDate) tgt));
      return BigDecimal.valueOf(days).compareTo(compare.tolerance()) <= 0;
    }
    if (!(src instanceof Number)) {
      return src.equals(tgt);
    }
    BigDecimal s = new BigDecimal(src.toString());
    BigDecimal t = new BigDecimal(tgt.toString());
    BigDecimal apart = s.subtract(t).abs();
    if (compare.kind() != Comparison.Kind.PERCENT) {
      return apart.compareTo(
              compare.kind() == Comparison.Kind.ABSOLUTE ? compare.tolerance() : BigDecimal.ZERO)
          <= 0;
    }
    BigDecimal base =
        switch (compare.base()) {
          case SRC -> s.abs();
          case TGT -> t.abs();
          case MAX -> s.abs().max(t.abs());
          case MIN -> s.abs().min(t.abs());
        };
    return apart.compareTo(compare.tolerance().movePointLeft(2).multiply(base)) <= 0;
  }

  private static @Nullable Object folded(@Nullable Object value) {
    if (!(value instanceof String text)) {
      return value;
    }
    return text.replaceAll("^ +| +$", "").toLowerCase(Locale.ROOT);
  }

  private void breaks() {
    List<String> where = join(model.rules().key(), model.rules().groupBy());
    List<String> compared = new ArrayList<>();
    Set<String> mentioned = new LinkedHashSet<>();
    for (Pass pass : model.rules().passes()) {
      mentioned.addAll(pass.on());
      for (Comparison compare : pass.compare()) {
        mentioned.add(compare.field());
        if (!compared.contains(compare.field())) {
          compared.add(compare.field());
        }
      }
    }
    mentioned.removeAll(where);
    for (List<String> alike : List.of(join(where, harmonised), join(where, compared), where)) {
      for (Group group : groups(free, row -> row.get(alike))) {
        group.sort(
            alike.equals(where)
                ? MatchRow.order(compared).thenComparing(MatchRow.order(all))
                : MatchRow.order(all));
        for (int i = 0; i < Math.min(group.src.size(), group.tgt.size()); i++) {
          MatchRow src = group.src.get(i);
          MatchRow tgt = group.tgt.get(i);
          List<String> differing =
              mentioned.stream()
                  .filter(field -> MatchRow.compare(src.get(field), tgt.get(field)) != 0)
                  .toList();
          remove(src);
          remove(tgt);
          outcome.add(
              "VALUE "
                  + contents(Side.SRC, List.of(src))
                  + contents(Side.TGT, List.of(tgt))
                  + String.join(", ", differing));
        }
      }
    }
    for (MatchRow row : free) {
      boolean known =
          rows.stream()
              .anyMatch(
                  other ->
                      other.side() != row.side()
                          && hasKey(other)
                          && other.get(where).equals(row.get(where)));
      outcome.add(
          (known
                  ? "DUPLICATE_IN_" + row.side()
                  : "MISSING_IN_" + (row.side() == Side.SRC ? Side.TGT : Side.SRC))
              + " "
              + contents(row.side(), List.of(row)));
    }
  }

  private void match(Pass pass, List<MatchRow> src, List<MatchRow> tgt) {
    src.forEach(this::remove);
    tgt.forEach(this::remove);
    outcome.add("MATCH " + pass.id() + " " + contents(Side.SRC, src) + contents(Side.TGT, tgt));
  }

  /** This very row, not one of equal contents. */
  @SuppressWarnings("ReferenceEquality")
  private void remove(MatchRow row) {
    free.removeIf(other -> other == row);
  }

  static String contents(Side side, List<MatchRow> rows) {
    return side.key() + rows.stream().map(MatchRow::contents).sorted().toList();
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).distinct().toList();
  }

  private static List<Group> groups(
      List<MatchRow> rows, Function<MatchRow, List<@Nullable Object>> by) {
    Map<List<@Nullable Object>, Group> groups = new LinkedHashMap<>();
    for (MatchRow row : rows) {
      Group group = groups.computeIfAbsent(by.apply(row), key -> new Group());
      (row.side() == Side.SRC ? group.src : group.tgt).add(row);
    }
    return List.copyOf(groups.values());
  }

  private static final class Group {
    final List<MatchRow> src = new ArrayList<>();
    final List<MatchRow> tgt = new ArrayList<>();

    void sort(Comparator<MatchRow> order) {
      src.sort(order);
      tgt.sort(order);
    }
  }
}
