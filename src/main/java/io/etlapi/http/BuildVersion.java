package io.etlapi.http;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that the build wrote into the application. */
@ApplicationScoped
public class BuildVersion {

  private static final String RESOURCE = "/io/etlapi/version.properties";

  private final String text = read("version");
  private final String build = read("build");

  /** Such as {@code 1.0.0}; {@code development} where no build has filled it in. */
  public String text() {
    return text;
  }

  /** Such as the commit that CI built; {@code development} elsewhere. */
  public String build() {
    return build;
  }

  private static String read(String key) {
    Properties properties = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String version = properties.getProperty(key, "");
    return version.isEmpty() || version.startsWith("${") ? "development" : version;
  }
}
