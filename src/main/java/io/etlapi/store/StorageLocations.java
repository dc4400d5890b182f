package io.etlapi.store;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a storage folder has been. Records name outputs by the paths that those had when they were
 * written; in a folder that was moved, or restored from a backup in another place, such a path
 * still means the file of this folder.
 */
final class StorageLocations {

  private static final System.Logger LOGGER = System.getLogger(StorageLocations.class.getName());

  private static final String DIRECTORIES = "directories";

  /** The oldest are forgotten beyond this many. */
  private static final int MOST = 100;

  private StorageLocations() {}

  /**
   * Where the folder was before, the latest last; notes where it is now. A note that cannot be read
   * or written is no reason to refuse the folder: only old paths are then not found.
   */
  static List<Path> follow(StorageLayout layout, DurableFiles files) {
    Set<Path> known = new LinkedHashSet<>(read(layout, files));
    Set<Path> now = new LinkedHashSet<>();
    now.add(layout.root());
    try {
      now.add(layout.root().toRealPath());
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "where the storage really lies is not known", e);
    }
    List<Path> former = known.stream().filter(path -> !now.contains(path)).toList();
    if (!known.containsAll(now)) {
      known.addAll(now);
      write(layout, files, List.copyOf(known));
      if (!former.isEmpty()) {
        LOGGER.log(
            System.Logger.Level.INFO,
            "The storage folder was at {0} before: paths of outputs there now mean those in {1}.",
            former.get(former.size() - 1),
            layout.root());
      }
    }
    return former;
  }

  private static List<Path> read(StorageLayout layout, DurableFiles files) {
    List<Path> found = new ArrayList<>();
    try {
      Map<String, @Nullable Object> saved =
          Json.parseObject(new String(files.read(layout.locations()), StandardCharsets.UTF_8));
      if (saved.get(DIRECTORIES) instanceof List<?> directories) {
        for (Object directory : directories) {
          found.add(Path.of(String.valueOf(directory)));
        }
      }
    } catch (NoSuchFileException e) {
      // A new folder, or one of an earlier release.
      return found;
    } catch (IOException | JsonException | InvalidPathException e) {
      LOGGER.log(
          System.Logger.Level.WARNING, layout.locations() + " cannot be read and is made anew", e);
    }
    return found;
  }

  private static void write(StorageLayout layout, DurableFiles files, List<Path> all) {
    List<String> latest =
        all.subList(Math.max(0, all.size() - MOST), all.size()).stream()
            .map(Path::toString)
            .toList();
    try {
      files.write(
          layout.locations(),
          (Json.write(Map.of(DIRECTORIES, latest)) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (StoreException e) {
      LOGGER.log(System.Logger.Level.WARNING, "where the storage lies was not noted", e);
    }
  }
}
