package io.etlapi.monitor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of OpenMetrics 1.0 text, written from the specification and not from what we
 * write: whatever it forbids of that which we could get wrong is an error.
 */
public final class OpenMetricsParser {

  private static final Pattern METADATA =
      Pattern.compile("# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\n\"])*)\"(,|$)");
  private static final Map<String, Set<String>> SUFFIXES =
      Map.of(
          "gauge", Set.of(""),
          "counter", Set.of("_total", "_created"),
          "histogram", Set.of("_bucket", "_count", "_sum", "_created"),
          "info", Set.of("_info"));

  /** One line with a value. */
  public record Sample(String name, Map<String, String> labels, double value) {}

  /** Samples that belong together. */
  public static final class Family {
    private final String name;
    private final Set<String> described = new HashSet<>();
    private final List<Sample> samples = new ArrayList<>();
    private String type = "unknown";

    private Family(String name) {
      this.name = name;
    }

    public String type() {
      return type;
    }

    public List<Sample> samples() {
      return samples;
    }
  }

  private final Map<String, Family> families = new LinkedHashMap<>();
  private Family current = new Family("");

  private OpenMetricsParser() {}

  /** The families by name; an {@link AssertionError} that quotes the line if there is a fault. */
  public static Map<String, Family> parse(String text) {
    OpenMetricsParser parser = new OpenMetricsParser();
    if (!text.endsWith("# EOF\n")) {
      throw new AssertionError("The text does not end with # EOF and a line feed.");
    }
    String body = text.substring(0, text.length() - "# EOF\n".length());
    for (String line : body.isEmpty() ? new String[0] : body.split("\n", -1)) {
      if (!line.isEmpty() || !body.endsWith("\n")) {
        parser.line(line);
      }
    }
    if (body.contains("\n\n") || body.contains("\r")) {
      throw new AssertionError("There is an empty line or a carriage return.");
    }
    parser.families.values().forEach(OpenMetricsParser::check);
    return parser.families;
  }

  private void line(String line) {
    if (line.startsWith("#")) {
      metadata(line);
    } else {
      sample(line);
    }
  }

  private void metadata(String line) {
    Matcher matcher = METADATA.matcher(line);
    require(matcher.matches(), line);
    String name = matcher.group(2);
    if (!current.name.equals(name)) {
      current = new Family(name);
      require(families.putIfAbsent(name, current) == null, line + " (interleaved)");
    }
    require(current.samples.isEmpty(), line + " (after samples)");
    require(current.described.add(matcher.group(1)), line + " (twice)");
    String rest = matcher.group(3);
    switch (matcher.group(1)) {
      case "TYPE" -> {
        require(SUFFIXES.containsKey(rest), line);
        current.type = rest;
      }
      case "UNIT" -> require(name.endsWith("_" + rest), line + " (not in the name)");
      default -> require(!Pattern.compile("\\\\[^\\\\n\"]|(?<!\\\\)\"").matcher(rest).find(), line);
    }
  }

  private void sample(String line) {
    Matcher matcher = SAMPLE.matcher(line);
    require(matcher.matches(), line);
    String name = matcher.group(1);
    require(
        name.startsWith(current.name)
            && suffixes(current).contains(name.substring(current.name.length())),
        line + " (does not belong to the family " + current.name + ")");
    Map<String, String> labels =
        matcher.group(2) == null ? Map.of() : labels(matcher.group(2), line);
    Sample sample = new Sample(name, labels, number(matcher.group(3), line));
    boolean isNew =
        current.samples.stream()
            .noneMatch(
                other -> other.name().equals(name) && other.labels().equals(sample.labels()));
    require(isNew, line + " (twice)");
    current.samples.add(sample);
  }

  private static Set<String> suffixes(Family family) {
    return SUFFIXES.getOrDefault(family.type, Set.of());
  }

  private static Map<String, String> labels(String text, String line) {
    Map<String, String> labels = new TreeMap<>();
    int at = 0;
    Matcher matcher = LABEL.matcher(text);
    while (at < text.length()) {
      require(matcher.find(at) && matcher.start() == at, line);
      require(labels.put(matcher.group(1), matcher.group(2)) == null, line + " (label twice)");
      at = matcher.end();
      require(matcher.group(3).isEmpty() == (at == text.length()), line);
    }
    return labels;
  }

  private static double number(String text, String line) {
    require(text.matches("[+-]?(\\d+(\\.\\d*)?([eE][+-]?\\d+)?|Inf|NaN)"), line);
    return Double.parseDouble(text.replace("Inf", "Infinity"));
  }

  private static void check(Family family) {
    require(SUFFIXES.containsKey(family.type), family.name + " has no type");
    require(family.described.contains("HELP"), family.name + " has no help");
    for (Sample sample : family.samples) {
      boolean grows = family.type.equals("counter") || family.type.equals("histogram");
      require(!grows || sample.value() >= 0, sample + " is negative");
      require(!family.type.equals("info") || sample.value() == 1, sample + " is not 1");
    }
    if (family.type.equals("histogram")) {
      Map<Map<String, String>, List<Sample>> byLabels = new LinkedHashMap<>();
      for (Sample sample : family.samples) {
        Map<String, String> without = new TreeMap<>(sample.labels());
        without.remove("le");
        byLabels.computeIfAbsent(without, key -> new ArrayList<>()).add(sample);
      }
      byLabels.values().forEach(samples -> checkHistogram(family.name, samples));
    }
  }

  private static void checkHistogram(String family, List<Sample> samples) {
    double bound = Double.NEGATIVE_INFINITY;
    double count = 0;
    double total = -1;
    int sums = 0;
    for (Sample sample : samples) {
      switch (sample.name().substring(family.length())) {
        case "_bucket" -> {
          double next = number(sample.labels().getOrDefault("le", ""), sample.toString());
          require(next > bound && sample.value() >= count, sample + " is out of order");
          bound = next;
          count = sample.value();
        }
        case "_count" -> total = sample.value();
        default -> sums++;
      }
    }
    require(bound == Double.POSITIVE_INFINITY, family + " has no bucket +Inf: " + samples);
    require(total == count && sums == 1, family + " does not add up: " + samples);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("not OpenMetrics: " + what);
    }
  }
}
