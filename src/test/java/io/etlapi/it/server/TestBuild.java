package io.etlapi.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What the build made for the tests to run: the WAR and the servers. */
public final class TestBuild {

  private TestBuild() {}

  /** The one WAR that every server gets. */
  public static Path war() {
    return file("etl.test.war", "target/etl-api.war");
  }

  static Path payaraMicro() {
    return file("etl.test.payara.micro", "target/servers/payara-micro.jar");
  }

  public static Path wildfly() {
    return file("etl.test.wildfly", "target/servers/wildfly");
  }

  static Path payaraServer() {
    return file("etl.test.payara.server", "target/servers/payara6");
  }

  static Path openLiberty() {
    return file("etl.test.open.liberty", "target/servers/wlp");
  }

  public static Path serverConfig() {
    return Path.of("server-config").toAbsolutePath();
  }

  /** An empty folder of that name below the build folder. */
  public static Path emptyFolder(String name) {
    Path folder = Path.of("target", "it", name).toAbsolutePath();
    delete(folder);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder with all it holds; nothing happens if it is not there. */
  public static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String sha256(Path file) {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path file(String property, String fallback) {
    Path path = Path.of(System.getProperty(property, fallback)).toAbsolutePath();
    if (!Files.exists(path)) {
      throw new IllegalStateException(
          path + " is missing: mvn pre-integration-test makes it (property " + property + ").");
    }
    return path;
  }
}
