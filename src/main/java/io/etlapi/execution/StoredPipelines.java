package io.etlapi.execution;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import io.etlapi.step.definition.DefinitionFault;
import io.etlapi.store.DurableFiles;
import io.etlapi.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The documents of pipelines that were stored over the interface: one file each, durable. */
final class StoredPipelines {

  private static final String SUFFIX = ".json";
  private static final JsonLimits LIMITS = new JsonLimits(200, 1_000_000, 64L << 20);

  private final DurableFiles files;
  private final Path folder;

  /**
   * Documents in a folder of the storage folder.
   *
   * @param storage the storage folder
   */
  StoredPipelines(DurableFiles files, Path storage) {
    this.files = files;
    this.folder = storage.resolve("pipelines");
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        files.syncFolder(storage);
      }
    } catch (IOException e) {
      throw new StoreException("The folder of the pipelines cannot be made.", e);
    }
  }

  /**
   * All documents by the name of their file.
   *
   * @param faults takes what cannot be read
   */
  Map<String, Map<String, @Nullable Object>> read(List<DefinitionFault> faults) {
    Map<String, Map<String, @Nullable Object>> documents = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "[a-z]*" + SUFFIX)) {
      for (Path file : entries) {
        String name = String.valueOf(file.getFileName());
        try {
          documents.put(name, Json.parseObject(files.read(file), LIMITS));
        } catch (IOException | JsonException e) {
          faults.add(DefinitionFault.of(name, "The stored pipeline cannot be read."));
        }
      }
    } catch (IOException e) {
      throw new StoreException("The folder of the pipelines cannot be read.", e);
    }
    return documents;
  }

  /** The file of a pipeline. */
  static String fileName(String pipeline) {
    return pipeline + SUFFIX;
  }

  void write(String pipeline, Map<String, @Nullable Object> document) {
    files.write(
        folder.resolve(fileName(pipeline)), Json.pretty(document).getBytes(StandardCharsets.UTF_8));
  }

  void remove(String pipeline) {
    files.unlink(folder.resolve(fileName(pipeline)));
    files.syncFolder(folder);
  }
}
