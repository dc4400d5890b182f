package io.etlapi.step.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The sample data that ships with the server. It is unpacked below the storage folder, because
 * steps read files, not resources, on whatever server this runs.
 */
public final class Samples {

  private static final String ROOT = "/samples/";
  private static final String INDEX = "index.txt";

  private Samples() {}

  /** The samples by name, relative to the samples folder; an archive cannot be listed. */
  public static List<String> names() {
    try (InputStream index = resource(INDEX)) {
      return new String(index.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("the index of the samples cannot be read", e);
    }
  }

  /**
   * Unpacks the samples that are not there yet; what a user has changed stays.
   *
   * @param storage the storage folder
   * @return the samples folder
   */
  public static Path unpack(Path storage) throws IOException {
    Path folder = storage.resolve("samples");
    for (String name : names()) {
      Path target = folder.resolve(name);
      if (Files.notExists(target)) {
        Files.createDirectories(target.getParent());
        Path aside = Files.createTempFile(target.getParent(), ".sample-", ".part");
        try (InputStream content = resource(name)) {
          Files.copy(content, aside, StandardCopyOption.REPLACE_EXISTING);
          Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(aside);
        }
      }
    }
    return folder;
  }

  private static InputStream resource(String name) {
    InputStream content = Samples.class.getResourceAsStream(ROOT + name);
    if (content == null) {
      throw new IllegalStateException("the sample " + name + " is not in the archive");
    }
    return content;
  }
}
