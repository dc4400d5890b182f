package io.etlapi.step.completeness.ledger;

import java.time.LocalDate;
import java.util.List;

/**
 * What one run date rolls on.
 *
 * @param key fields that identify a record
 * @param groupBy fields across which rows never match
 * @param fields all fields of a row; their values are its content
 * @param snapshot whether the feed shows all that exists on the run date
 * @param breaks relation of the session with the classified breaks of today: {@code category},
 *     {@code explanation}, {@code owner}, {@code side} (src, tgt or both), the key and group
 *     fields, {@code src_<field>} and {@code tgt_<field>} for every field, {@code diff_<field>},
 *     {@code differing_fields}, {@code src_file}, {@code src_line}, {@code tgt_file}, {@code
 *     tgt_line}; further columns are carried along
 * @param rows relation of the session with all rows of today that were combined: {@code side} (src
 *     or tgt), {@code row_id}, the fields, {@code _file}, {@code _line}
 * @param matches relation of the session with the {@code row_id} of every matched row
 */
public record RollingInput(
    ControlId control,
    LocalDate runDate,
    List<String> key,
    List<String> groupBy,
    List<String> fields,
    boolean snapshot,
    RunCalendar calendar,
    AgeBuckets buckets,
    String breaks,
    String rows,
    String matches) {

  public RollingInput {
    key = List.copyOf(key);
    groupBy = List.copyOf(groupBy);
    fields = List.copyOf(fields);
  }
}
