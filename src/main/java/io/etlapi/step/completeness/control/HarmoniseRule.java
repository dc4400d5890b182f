package io.etlapi.step.completeness.control;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a field that both sides have in common.
 *
 * @param to the field
 * @param src column of the source's typed rows
 * @param tgt column of the target's typed rows
 * @param ops applied in order, to both sides
 * @param map values replaced after {@code ops}; others stay
 */
public record HarmoniseRule(
    String to, String src, String tgt, List<Op> ops, Map<String, String> map) {

  public HarmoniseRule {
    ops = List.copyOf(ops);
    map = Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  public String column(Side side) {
    return side == Side.SRC ? src : tgt;
  }

  /**
   * The type of the field made from a column of {@code type}.
   *
   * @throws IllegalArgumentException with a sentence if an operation does not apply
   */
  public ColumnType typeOf(ColumnType type) {
    ColumnType result = type;
    for (Op op : ops) {
      result = op.resultOf(result);
    }
    return map.isEmpty() ? result : ColumnType.TEXT;
  }
}
