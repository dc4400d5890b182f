package io.etlapi.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the settings from a source of texts by key and reports every fault at once.
 *
 * <p>Sizes are a number with an optional unit K, M, G or T (powers of 1024). Lists are separated by
 * commas. A relative path resolves against the server's working directory.
 */
public final class EtlConfigReader {

  /** No URL: a lookup of one would leave this machine. */
  private static final Pattern JNDI_NAME =
      Pattern.compile("(java:/?)?[A-Za-z0-9_][A-Za-z0-9_./-]*");

  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([KMGT]?)(i?B)?");

  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private final Function<String, Optional<String>> source;
  private final Machine machine;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, Setting> settings = new TreeMap<>();

  /**
   * What defaults depend on.
   *
   * @param cores processors the server may use
   * @param memoryBytes physical memory, or the container's limit
   * @param heapBytes largest heap of the server
   */
  public record Machine(int cores, long memoryBytes, long heapBytes, Path workingDirectory) {}

  public EtlConfigReader(Function<String, Optional<String>> source, Machine machine) {
    this.source = source;
    this.machine = machine;
  }

  /**
   * Reads all settings.
   *
   * @throws ConfigException naming every setting that is not acceptable
   */
  public EtlConfig read() {
    int permits = integer("ETL_ENGINE_THREADS", machine.cores(), 1, 1024);
    long engineMemory =
        size("ETL_ENGINE_MEMORY", defaultEngineMemory(), 128L << 20, Long.MAX_VALUE);
    EtlConfig config =
        new EtlConfig(
            new EtlConfig.Tasks(
                integer("MAX_CONCURRENT_TASKS", 25, 1, 256),
                integer("ETL_QUEUE_CAPACITY", 1000, 1, 1_000_000),
                Duration.ofSeconds(integer("ETL_SHUTDOWN_GRACE", 15, 0, 20))),
            new EtlConfig.Storage(
                path("TASK_STORAGE_DIR", "task_storage"),
                hours("TASK_TTL_HOURS", "24"),
                Duration.ofDays(integer("ETL_CONTROL_RETENTION_DAYS", 0, 0, 100_000)),
                size("ETL_MIN_FREE_SPACE", 64L << 20, 0, Long.MAX_VALUE),
                size("ETL_MAX_OUTPUT_SPACE", 0, 0, Long.MAX_VALUE)),
            new EtlConfig.Engine(
                engineMemory,
                permits,
                size("ETL_ENGINE_TEMP_SPACE", 10L << 30, 1L << 20, Long.MAX_VALUE)),
            new EtlConfig.Paths(
                paths("ETL_DATA_ROOTS"), paths("ETL_OUTPUT_ROOTS"), jndiNames("ETL_DATASOURCES")),
            new EtlConfig.Http(
                size("ETL_MAX_BODY_SIZE", 16L << 20, 1024, 1L << 30),
                integer("ETL_MAX_JSON_DEPTH", 64, 8, 200),
                integer("ETL_MAX_JSON_FIELDS", 100_000, 100, 10_000_000),
                origins("ETL_CORS_ORIGINS"),
                integer("ETL_MAX_LISTENERS", 1000, 1, 100_000)),
            new EtlConfig.Start(
                flag("ETL_RUN_SAMPLE", false), text("ETL_PUBLIC_URL"), logFormat("ETL_LOG_FORMAT")),
            new EtlConfig.Steps(
                optionalPath("ETL_STEPS_DIR"),
                flag("ETL_PROCESS_STEPS", false),
                optionalPath("ETL_SECRETS_DIR")),
            new EtlConfig.Security(
                optionalPath("ETL_TOKENS_FILE"),
                jwt(),
                flag("ETL_REALM_AUTH", false),
                flag("ETL_REQUIRE_CREDENTIALS", false),
                hours("ETL_SESSION_HOURS", "12"),
                Duration.ofDays(integer("ETL_AUDIT_DAYS", 90, 0, 100_000)),
                integer("ETL_MAX_REQUESTS_PER_CLIENT", 100, 1, 100_000),
                addresses("ETL_TRUSTED_PROXIES")));
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return config;
  }

  /** Every setting that {@link #read} has looked at, by key; secrets masked. */
  public List<Setting> settings() {
    return List.copyOf(settings.values());
  }

  /** 60% of the memory that the heap leaves, as the engine lies outside the heap. */
  private long defaultEngineMemory() {
    return Math.max(256L << 20, (long) ((machine.memoryBytes() - machine.heapBytes()) * 0.6));
  }

  private Optional<String> text(String key) {
    return text(key, "");
  }

  private Optional<String> text(String key, String fallback) {
    Optional<String> value = source.apply(key).map(String::strip).filter(text -> !text.isEmpty());
    settings.put(key, Setting.of(key, value, fallback));
    return value;
  }

  private int integer(String key, int fallback, int min, int max) {
    return text(key, Integer.toString(fallback))
        .map(
            value -> {
              try {
                int number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                  return number;
                }
              } catch (NumberFormatException e) {
                // reported below
              }
              fault(key, value, "a whole number from " + min + " to " + max);
              return fallback;
            })
        .orElse(fallback);
  }

  private boolean flag(String key, boolean fallback) {
    return text(key, Boolean.toString(fallback))
        .map(
            value ->
                switch (value.toLowerCase(Locale.ROOT)) {
                  case "true", "1", "yes", "on" -> true;
                  case "false", "0", "no", "off" -> false;
                  default -> {
                    fault(key, value, "true or false");
                    yield fallback;
                  }
                })
        .orElse(fallback);
  }

  private EtlConfig.LogFormat logFormat(String key) {
    String value = text(key, "server").orElse("server");
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "server" -> EtlConfig.LogFormat.SERVER;
      case "json" -> EtlConfig.LogFormat.JSON;
      default -> {
        fault(key, value, "server or json");
        yield EtlConfig.LogFormat.SERVER;
      }
    };
  }

  private Duration hours(String key, String fallback) {
    String value = text(key, fallback).orElse(fallback);
    try {
      double hours = Double.parseDouble(value);
      if (hours > 0 && hours <= 876_000) {
        return Duration.ofMillis(Math.round(hours * 3_600_000));
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    fault(key, value, "a number of hours above 0 and up to 876000");
    return Duration.ofHours(24);
  }

  private long size(String key, long fallback, long min, long max) {
    return text(key, sizeText(fallback))
        .map(
            value -> {
              Matcher matcher = SIZE.matcher(value.toUpperCase(Locale.ROOT).replace("IB", ""));
              if (matcher.matches()) {
                int shift = "KMGT".indexOf(matcher.group(2).isEmpty() ? "-" : matcher.group(2));
                long unit = 1L << (10 * (shift + 1));
                long number = Long.parseLong(matcher.group(1));
                if (number <= Long.MAX_VALUE / unit
                    && number * unit >= min
                    && number * unit <= max) {
                  return number * unit;
                }
              }
              fault(key, value, "a size such as 512M or 2G, at least " + min + " bytes");
              return fallback;
            })
        .orElse(fallback);
  }

  /** In the largest unit that leaves no rest. */
  private static String sizeText(long bytes) {
    int unit = 0;
    long number = bytes;
    while (number != 0 && number % 1024 == 0 && unit < 4) {
      number /= 1024;
      unit++;
    }
    return number + (unit == 0 ? "" : "KMGT".substring(unit - 1, unit));
  }

  private Path path(String key, String fallback) {
    return resolve(key, text(key, fallback).orElse(fallback)).orElse(machine.workingDirectory());
  }

  private Optional<Path> optionalPath(String key) {
    return text(key).flatMap(value -> resolve(key, value));
  }

  private List<Path> paths(String key) {
    List<Path> paths = new ArrayList<>();
    for (String item : list(key)) {
      resolve(key, item).ifPresent(paths::add);
    }
    return paths;
  }

  private Optional<Path> resolve(String key, String value) {
    try {
      return Optional.of(machine.workingDirectory().resolve(value).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      fault(key, value, "a path");
      return Optional.empty();
    }
  }

  private List<String> jndiNames(String key) {
    List<String> names = new ArrayList<>();
    for (String item : list(key)) {
      if (JNDI_NAME.matcher(item).matches()) {
        names.add(item);
      } else {
        fault(key, item, "JNDI names such as jdbc/warehouse, separated by commas");
      }
    }
    return names;
  }

  private Optional<EtlConfig.Security.Jwt> jwt() {
    Optional<Path> keys = optionalPath("ETL_JWT_KEYS");
    Optional<String> issuer = text("ETL_JWT_ISSUER");
    if (keys.isPresent() != issuer.isPresent()) {
      faults.add(
          (keys.isPresent() ? "ETL_JWT_ISSUER" : "ETL_JWT_KEYS")
              + " is missing: signed tokens need both ETL_JWT_KEYS and ETL_JWT_ISSUER.");
    }
    return keys.flatMap(
        file ->
            issuer.map(name -> new EtlConfig.Security.Jwt(file, name, text("ETL_JWT_AUDIENCE"))));
  }

  private List<String> addresses(String key) {
    List<String> addresses = new ArrayList<>();
    for (String item : list(key)) {
      if (ADDRESS.matcher(item).matches()) {
        addresses.add(item.toLowerCase(Locale.ROOT));
      } else {
        fault(key, item, "IP addresses such as 10.0.0.5, separated by commas");
      }
    }
    return addresses;
  }

  private List<String> origins(String key) {
    List<String> origins = new ArrayList<>();
    for (String item : list(key)) {
      if (isOrigin(item)) {
        origins.add(item.toLowerCase(Locale.ROOT));
      } else {
        fault(key, item, "origins such as https://etl.example.org, separated by commas; never *");
      }
    }
    return origins;
  }

  private static boolean isOrigin(String text) {
    try {
      URI uri = URI.create(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && (uri.getRawPath() == null || uri.getRawPath().isEmpty())
          && uri.getRawQuery() == null
          && uri.getRawUserInfo() == null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private List<String> list(String key) {
    List<String> items = new ArrayList<>();
    for (String item : text(key).orElse("").split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  private void fault(String key, String value, String allowed) {
    faults.add(key + " is '" + value + "': it must be " + allowed + ".");
  }
}
