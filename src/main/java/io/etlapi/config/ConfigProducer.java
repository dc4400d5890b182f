package io.etlapi.config;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import javax.management.JMException;
import javax.management.ObjectName;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Makes the settings and the clock available for injection. Settings come from MicroProfile Config,
 * that is from wherever the server takes them: system properties, environment variables, files.
 */
@ApplicationScoped
public class ConfigProducer {

  private static final System.Logger LOG = System.getLogger(ConfigProducer.class.getName());

  /** The settings; a value that cannot be used ends the start with one line for each fault. */
  @Produces
  @Singleton // a record cannot be proxied
  public EtlConfig config() {
    try {
      return reader(ConfigProvider.getConfig()).read();
    } catch (ConfigException e) {
      e.faults().forEach(fault -> LOG.log(System.Logger.Level.ERROR, fault));
      throw e;
    }
  }

  /** The same as texts, with where each comes from. */
  @Produces
  @Singleton
  public EffectiveSettings settings() {
    Config source = ConfigProvider.getConfig();
    EtlConfigReader reader = reader(source);
    EtlConfig unused = reader.read();
    return new EffectiveSettings(
        reader.settings().stream()
            .map(setting -> setting.from(sourceOf(source, setting.key())))
            .toList());
  }

  private static EtlConfigReader reader(Config source) {
    return new EtlConfigReader(key -> source.getOptionalValue(key, String.class), machine());
  }

  /** Every server names its sources in its own way, some with the path of a file. */
  private static String sourceOf(Config source, String key) {
    String name = String.valueOf(source.getConfigValue(key).getSourceName());
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.replace(" ", "").matches(".*sys(tem)?prop.*")) {
      return "system property";
    }
    if (lower.contains("env")) {
      return "environment";
    }
    return name.replaceAll("[\\[(=:].*", "").strip();
  }

  /** Ticks in microseconds: the most digits that clients of the replaced system can read. */
  @Produces
  @Singleton
  public Clock clock() {
    return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));
  }

  static EtlConfigReader.Machine machine() {
    Runtime runtime = Runtime.getRuntime();
    return new EtlConfigReader.Machine(
        runtime.availableProcessors(),
        physicalMemory(runtime.maxMemory()),
        runtime.maxMemory(),
        Path.of("").toAbsolutePath());
  }

  /**
   * The memory of the machine, or of the container if that has less: the JVM knows its control
   * group. Asked by name, as not every server lets an application see the class.
   */
  private static long physicalMemory(long heap) {
    try {
      Object bytes =
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(
                  new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME),
                  "TotalMemorySize");
      return bytes instanceof Long size ? size : heap;
    } catch (JMException e) {
      LOG.log(System.Logger.Level.WARNING, "The size of the memory is unknown", e);
      return heap;
    }
  }
}
