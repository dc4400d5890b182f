package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.it.server.TestBuild;
import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What is in the WAR is in the table and in the bill of materials, and the other way round. */
class DependenciesIT {

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z0-9_-]+)` \\| ([0-9.]+) \\|.*", Pattern.MULTILINE);

  @Test
  void theTableNamesEveryJar() throws IOException {
    Set<String> table = new TreeSet<>();
    Matcher rows = ROW.matcher(Files.readString(Path.of("server-config", "DEPENDENCIES.md")));
    while (rows.find()) {
      table.add(rows.group(1) + "-" + rows.group(2) + ".jar");
    }

    assertEquals(jars(), table);
  }

  @Test
  void theBillOfMaterialsNamesEveryJar() throws IOException {
    Path bill = TestBuild.war().resolveSibling("etl-api-sbom.json");
    Set<String> components = new TreeSet<>();
    if (Json.parseObject(Files.readString(bill)).get("components") instanceof List<?> list) {
      for (Object component : list) {
        if (component instanceof Map<?, ?> map) {
          components.add(map.get("name") + "-" + map.get("version") + ".jar");
        }
      }
    }

    assertEquals(jars(), components);
  }

  private static Set<String> jars() throws IOException {
    try (ZipFile war = new ZipFile(TestBuild.war().toFile())) {
      return war.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.startsWith("WEB-INF/lib/") && name.endsWith(".jar"))
          .map(name -> name.substring("WEB-INF/lib/".length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
