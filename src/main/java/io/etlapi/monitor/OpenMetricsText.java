package io.etlapi.monitor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes metrics in the text format of OpenMetrics 1.0. The samples of a family must be written one
 * after another, directly after the family is begun.
 */
public final class OpenMetricsText {

  /** The media type of the format. */
  public static final String MEDIA_TYPE =
      "application/openmetrics-text;version=1.0.0;charset=utf-8";

  private final StringBuilder text = new StringBuilder(16_384);
  private String family = "";

  /** Begins a family whose value goes up and down. */
  public OpenMetricsText gauge(String name, String help) {
    return begin(name, "gauge", help);
  }

  /**
   * Begins a family that only grows.
   *
   * @param name without the {@code _total} that its samples get
   */
  public OpenMetricsText counter(String name, String help) {
    return begin(name, "counter", help);
  }

  /** Begins a family of durations; its name ends with {@code _seconds}. */
  public OpenMetricsText histogram(String name, String help) {
    return begin(name, "histogram", help);
  }

  /** A family that says in labels what does not change. */
  public OpenMetricsText about(String name, String help, Map<String, String> labels) {
    begin(name, "info", help);
    return sample("_info", labels, "1");
  }

  private OpenMetricsText begin(String name, String type, String help) {
    family = name;
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    for (String unit : List.of("seconds", "bytes")) {
      if (name.endsWith("_" + unit)) {
        text.append("# UNIT ").append(name).append(' ').append(unit).append('\n');
      }
    }
    text.append("# HELP ").append(name).append(' ').append(escaped(help)).append('\n');
    return this;
  }

  /** A gauge's sample without labels. */
  public OpenMetricsText value(long value) {
    return value(Map.of(), value);
  }

  public OpenMetricsText value(Map<String, String> labels, long value) {
    return sample("", labels, Long.toString(value));
  }

  /** A gauge's sample without labels, in seconds. */
  public OpenMetricsText seconds(double value) {
    return sample("", Map.of(), Double.toString(value));
  }

  /** A counter's sample without labels. */
  public OpenMetricsText total(long value) {
    return total(Map.of(), value);
  }

  public OpenMetricsText total(Map<String, String> labels, long value) {
    return sample("_total", labels, Long.toString(value));
  }

  /** The samples of one histogram. */
  public OpenMetricsText durations(Map<String, String> labels, DurationHistogram histogram) {
    DurationHistogram.Buckets buckets = histogram.buckets();
    long upTo = 0;
    for (int i = 0; i < buckets.counts().size(); i++) {
      upTo += buckets.counts().get(i);
      Map<String, String> bounded = new LinkedHashMap<>(labels);
      bounded.put(
          "le",
          i < DurationHistogram.BOUNDS_SECONDS.size()
              ? Double.toString(DurationHistogram.BOUNDS_SECONDS.get(i))
              : "+Inf");
      sample("_bucket", bounded, Long.toString(upTo));
    }
    sample("_count", labels, Long.toString(upTo));
    return sample("_sum", labels, Double.toString(buckets.sumSeconds()));
  }

  private OpenMetricsText sample(String suffix, Map<String, String> labels, String value) {
    text.append(family).append(suffix);
    if (!labels.isEmpty()) {
      char before = '{';
      for (Map.Entry<String, String> label : labels.entrySet()) {
        text.append(before)
            .append(label.getKey())
            .append("=\"")
            .append(escaped(label.getValue()))
            .append('"');
        before = ',';
      }
      text.append('}');
    }
    text.append(' ').append(value).append('\n');
    return this;
  }

  /** The whole text, ended as the format demands. */
  public String end() {
    return text.append("# EOF\n").toString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
  }
}
