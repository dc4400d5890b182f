package io.etlapi.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes and removes whole folders. Symbolic links are removed, never followed. */
final class FolderTree {

  private FolderTree() {}

  /**
   * Makes a folder and those above it that are not there.
   *
   * @return the folders that got a new entry, the topmost first: each must be fsynced before what
   *     lies below is durable
   */
  static List<Path> create(Path folder) throws IOException {
    List<Path> changed = new ArrayList<>();
    Path parent = folder.getParent();
    if (parent != null && !Files.exists(folder)) {
      changed.addAll(create(parent));
      changed.add(parent);
    }
    // Also where it is there: whether it is a folder is for the system to say.
    Files.createDirectories(folder);
    return changed;
  }

  /** Removes a file, or a folder with all that it holds; nothing happens if there is none. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes found)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
