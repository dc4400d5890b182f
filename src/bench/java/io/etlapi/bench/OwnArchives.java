package io.etlapi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** What the benchmarks deploy of their own, packed from their classes. */
final class OwnArchives {

  private OwnArchives() {}

  /** A WAR with {@link BareServlet} and nothing else: what the server costs by itself. */
  static Path bareWar(Path folder) throws IOException {
    Path war = folder.resolve("bare.war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
      add(zip, "WEB-INF/classes/", BareServlet.class);
    }
    return war;
  }

  /** A WAR with {@link BareApplication} and nothing else. */
  static Path bareApplicationWar(Path folder) throws IOException {
    Path war = folder.resolve("bare-application.war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
      add(zip, "WEB-INF/classes/", BareApplication.class);
      add(zip, "WEB-INF/classes/", BareApplication.Resource.class);
      add(zip, "WEB-INF/classes/", BareApplication.Bean.class);
    }
    return war;
  }

  /** A jar with {@link SleepStep}, as operators put their own steps beside the server. */
  static void steps(Path folder) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("sleep.jar")))) {
      add(zip, "", SleepStep.class);
      zip.putNextEntry(new ZipEntry("META-INF/services/io.etlapi.step.Step"));
      zip.write(SleepStep.class.getName().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void add(ZipOutputStream zip, String prefix, Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (InputStream code = type.getClassLoader().getResourceAsStream(name)) {
      if (code == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      zip.putNextEntry(new ZipEntry(prefix + name));
      code.transferTo(zip);
    }
  }
}
