package io.etlapi.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Data flows one way through the rooms, and each library lives behind one of them. */
@AnalyzeClasses(packages = "io.etlapi", importOptions = RoomsTest.MainClasses.class)
class RoomsTest {

  /** By folder name, so that it holds for every way of compiling. */
  static final class MainClasses implements ImportOption {
    private static final Pattern TESTS = Pattern.compile(".*/(test|test-classes)/io/etlapi/.*");

    @Override
    public boolean includes(Location location) {
      return !location.matches(TESTS);
    }
  }

  /** Each room and the rooms it may use. A new room gets a line here, or the test fails. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("task", Set.of()),
          Map.entry("json", Set.of("task")),
          Map.entry("monitor", Set.of("task", "json")),
          Map.entry("config", Set.of("task")),
          Map.entry("engine", Set.of("task", "config", "json")),
          Map.entry("database", Set.of("config")),
          Map.entry("step", Set.of("engine", "database", "task", "config", "json")),
          Map.entry("pipeline", Set.of("step", "task", "config", "json")),
          Map.entry("store", Set.of("monitor", "task", "config", "json")),
          Map.entry(
              "execution",
              Set.of("store", "pipeline", "step", "engine", "monitor", "task", "config", "json")),
          Map.entry("health", Set.of("execution")),
          Map.entry("telemetry", Set.of("execution", "task")),
          Map.entry("security", Set.of("execution", "store", "task", "config", "json")),
          Map.entry(
              "http",
              Set.of(
                  "security",
                  "execution",
                  "step",
                  "pipeline",
                  "monitor",
                  "task",
                  "config",
                  "json")));

  /** Each third-party library (and each kind of server API) and the rooms that may know it. */
  private static final Map<String, Set<String>> KNOWN_TO =
      Map.ofEntries(
          Map.entry("org.ehcache", Set.of("store")),
          Map.entry("javax.cache", Set.of()),
          Map.entry("org.duckdb", Set.of("engine")),
          Map.entry("java.sql", Set.of("engine", "database")),
          Map.entry("javax.sql", Set.of("database")),
          Map.entry("javax.naming", Set.of("database")),
          Map.entry("org.dhatim", Set.of("step")),
          Map.entry("dev.harrel", Set.of("json")),
          Map.entry("com.github.f4b6a3", Set.of("execution")),
          Map.entry("org.apache.commons", Set.of("step")),
          Map.entry("org.slf4j", Set.of()),
          Map.entry("org.eclipse.microprofile", Set.of("config", "health", "telemetry")),
          Map.entry("io.opentelemetry", Set.of("telemetry")),
          Map.entry("jakarta.ejb", Set.of("execution")),
          Map.entry("jakarta.enterprise.concurrent", Set.of("execution")),
          Map.entry("jakarta.ws.rs", Set.of("http")),
          Map.entry("jakarta.json", Set.of("json", "http")),
          Map.entry("jakarta.servlet", Set.of("http")));

  @ArchTest
  static void everyRoomUsesOnlyTheRoomsBelowIt(JavaClasses all) {
    MAY_USE.forEach(
        (room, allowed) ->
            classes()
                .that()
                .resideInAPackage(packageOf(room))
                .should()
                .onlyDependOnClassesThat(
                    resideOutsideOfPackage("io.etlapi..")
                        .or(resideInAPackage(packageOf(room)))
                        .or(resideInAnyPackage(packagesOf(allowed))))
                .because(room + " may use " + new TreeSet<>(allowed))
                .check(all));
  }

  @ArchTest
  static void everyClassIsInARoomThatIsListed(JavaClasses all) {
    Set<String> rooms = new TreeSet<>();
    for (JavaClass type : all) {
      rooms.add(type.getPackageName().split("\\.", -1)[2]);
    }
    assertEquals(new TreeSet<>(MAY_USE.keySet()), rooms);
  }

  @ArchTest
  static final ArchRule noRoomLeadsBackToItself =
      slices().matching("io.etlapi.(*)..").should().beFreeOfCycles();

  @ArchTest
  static void everyLibraryLivesBehindItsRoom(JavaClasses all) {
    KNOWN_TO.forEach(
        (library, rooms) ->
            noClasses()
                .that(
                    resideInAPackage("io.etlapi..")
                        .and(
                            com.tngtech.archunit.base.DescribedPredicate.not(
                                resideInAnyPackage(packagesOf(rooms)))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library + "..")
                .because(library + " is known to " + new TreeSet<>(rooms) + " alone")
                .check(all));
  }

  @ArchTest
  static final ArchRule theWordsOfTheProjectNeedTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("io.etlapi.task..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.etlapi.task..", "java..", "org.jspecify.annotations..");

  @ArchTest
  static final ArchRule noDrawers =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..");

  /** The walls would be worth nothing if a hole in them went unseen. */
  @ArchTest
  static void aHoleInAWallIsSeen(JavaClasses all) {
    EvaluationResult result =
        noClasses()
            .that()
            .resideInAPackage(packageOf("http"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(packageOf("task"))
            .evaluate(all);

    assertEquals(true, result.hasViolation());
  }

  private static String packageOf(String room) {
    return "io.etlapi." + room + "..";
  }

  private static String[] packagesOf(Set<String> rooms) {
    // ArchUnit takes an empty list of packages for all of them.
    return rooms.isEmpty()
        ? new String[] {"no.room.."}
        : Arrays.stream(rooms.toArray(new String[0]))
            .map(RoomsTest::packageOf)
            .toArray(String[]::new);
  }
}
