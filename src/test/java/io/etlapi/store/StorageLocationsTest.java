package io.etlapi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A storage folder knows where it was before. */
class StorageLocationsTest {

  private Path base;

  @BeforeEach
  void setUp(@TempDir Path folder) throws IOException {
    base = folder.toRealPath();
  }

  private static List<Path> former(Path root) {
    try (Storage storage = Storage.open(root, Instant.EPOCH)) {
      return storage.formerLocations();
    }
  }

  @Test
  void aFolderThatIsMovedRemembersEveryPlace() throws IOException {
    Path a = base.resolve("a");
    Path b = base.resolve("b");
    assertEquals(List.of(), former(a));
    assertEquals(List.of(), former(a), "again in the same place");
    Files.move(a, b);
    assertEquals(List.of(a), former(b));
    assertEquals(List.of(a), former(b), "at every later start");
    Path c = base.resolve("c");
    Files.move(b, c);
    assertEquals(List.of(a, b), former(c));
    Files.move(c, a);
    assertEquals(List.of(b, c), former(a), "it is here again");
  }

  @Test
  void aLinkAndWhatItLeadsToAreTheSamePlace() throws IOException {
    Path real = Files.createDirectory(base.resolve("real"));
    Path link = Files.createSymbolicLink(base.resolve("link"), real);
    assertEquals(List.of(), former(link));
    assertEquals(List.of(link), former(real), "records may name either");
  }

  @Test
  void aNoteThatCannotBeReadIsMadeAnew() throws IOException {
    Path a = base.resolve("a");
    assertEquals(List.of(), former(a));
    Files.writeString(a.resolve("locations.json"), "{");
    assertEquals(List.of(), former(a));
    Path b = base.resolve("b");
    Files.move(a, b);
    assertEquals(List.of(a), former(b));
  }
}
