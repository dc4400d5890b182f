package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.etlapi.http.live.LiveTaskView;
import io.etlapi.json.Json;
import io.etlapi.task.TaskStatus;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The description of the interface that clients get, held against the code that answers them. */
class OpenApiTest {

  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  /** What servlets answer: no annotation says their methods. */
  private static final Set<String> STREAMS = Set.of("GET /events", "GET /events/{id}");

  /** The name of the schema that describes what a record shows. */
  private static final Map<Class<?>, String> SCHEMAS =
      Map.ofEntries(
          Map.entry(ServiceView.class, "Service"),
          Map.entry(StepsView.class, "Steps"),
          Map.entry(StepsView.Entry.class, "Step"),
          Map.entry(ReloadView.class, "Reload"),
          Map.entry(ReloadView.FaultyFile.class, "FaultyFile"),
          Map.entry(PipelinesView.class, "Pipelines"),
          Map.entry(PipelinesView.Entry.class, "PipelineEntry"),
          Map.entry(PipelineView.class, "Pipeline"),
          Map.entry(PipelineView.Node.class, "PipelineNode"),
          Map.entry(RunView.class, "Run"),
          Map.entry(EndedRunView.class, "EndedRun"),
          Map.entry(StatusView.class, "Status"),
          Map.entry(StatusView.Child.class, "Child"),
          Map.entry(UnfinishedView.class, "UnfinishedOutput"),
          Map.entry(FailedView.class, "FailedOutput"),
          Map.entry(StopView.class, "Stop"),
          Map.entry(TaskPage.Item.class, "Task"),
          Map.entry(LiveTaskView.class, "LiveTask"),
          Map.entry(StatsView.class, "Stats"),
          Map.entry(HealthView.class, "Health"),
          Map.entry(ProbeView.class, "Probe"),
          Map.entry(IntakeView.class, "Intake"),
          Map.entry(HistoryView.class, "History"),
          Map.entry(HistoryView.Point.class, "HistoryPoint"),
          Map.entry(ServerView.class, "Server"),
          Map.entry(ServerView.Storage.class, "ServerStorage"),
          Map.entry(ServerView.Memory.class, "ServerMemory"),
          Map.entry(ServerView.Engine.class, "ServerEngine"),
          Map.entry(ServerView.Threads.class, "ServerThreads"),
          Map.entry(ServerView.Queue.class, "ServerQueue"),
          Map.entry(ServerView.Cache.class, "ServerCache"),
          Map.entry(ServerView.StepFigures.class, "StepFigures"),
          Map.entry(ServerView.Health.class, "ServerHealth"),
          Map.entry(CleanupView.class, "Cleanup"),
          Map.entry(CleanupView.Details.class, "CleanupDetails"),
          Map.entry(ScheduleView.class, "CleanupSchedule"),
          Map.entry(ScheduleView.Schedule.class, "Schedule"),
          Map.entry(RescheduledView.class, "Rescheduled"),
          Map.entry(SessionView.class, "Session"),
          Map.entry(TokensView.class, "Tokens"),
          Map.entry(TokensView.Entry.class, "Token"),
          Map.entry(CreatedTokenView.class, "CreatedToken"));

  /** What servlets answer, which have no annotation that says so. */
  private static final Set<String> SERVLETS = Set.of("GET /status/{id}");

  private final Map<String, @Nullable Object> document = read();

  @Test
  void itListsExactlyThePathsAndMethodsThatTheResourcesAnswer() {
    Set<String> described = new TreeSet<>();
    map(document, "paths")
        .forEach(
            (path, item) ->
                asMap(item).keySet().stream()
                    .filter(METHODS::contains)
                    .forEach(
                        method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    Set<String> answered = answered();
    answered.addAll(STREAMS);
    assertTrue(answered.contains("POST /run/{step}"), "the resources are found: " + answered);
    assertEquals(answered, described);
  }

  @TestFactory
  Stream<DynamicTest> aSchemaHasExactlyTheMembersThatItsViewShows() {
    return SCHEMAS.entrySet().stream()
        .map(
            entry ->
                dynamicTest(
                    entry.getValue(),
                    () -> assertEquals(shown(entry.getKey()), described(entry.getValue()))));
  }

  @Test
  void everyViewHasASchema() {
    Set<String> views =
        classes().stream()
            .filter(type -> View.class.isAssignableFrom(type) && type.isRecord())
            // The one is an array of items, the other adds a member to any view.
            .filter(type -> type != TaskPage.class && type != WithOutput.class)
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> known =
        SCHEMAS.keySet().stream()
            .filter(View.class::isAssignableFrom)
            .map(Class::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, views);
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    Set<String> references = new TreeSet<>();
    collectReferences(document, references);
    assertTrue(references.size() > 20, "references are found");
    for (String reference : references) {
      Object target = document;
      for (String segment : reference.substring(2).split("/", -1)) {
        target = asMap(target).get(segment);
      }
      assertTrue(target != null, reference);
    }
  }

  @Test
  void everyComponentIsUsed() {
    Set<String> references = new TreeSet<>();
    collectReferences(document, references);
    for (String kind : List.of("schemas", "responses")) {
      for (String name : map(map(document, "components"), kind).keySet()) {
        assertTrue(references.contains("#/components/" + kind + "/" + name), name);
      }
    }
  }

  @Test
  void everyErrorIsAProblemDocument() {
    map(map(document, "components"), "responses")
        .forEach(
            (name, response) ->
                assertEquals(
                    Set.of(Problem.MEDIA_TYPE), map(asMap(response), "content").keySet(), name));
  }

  @Test
  void theWordsForTheStatesAreTheOnesInUse() {
    Map<String, @Nullable Object> status = map(map(schema("Task"), "properties"), "status");
    assertEquals(
        Arrays.stream(TaskStatus.values()).map(TaskStatus::word).toList(), status.get("enum"));
  }

  private Set<String> described(String schema) {
    Set<String> members = new TreeSet<>(map(schema(schema), "properties").keySet());
    if (schema.equals("Status")) {
      members.remove("output"); // spliced in beside the view
    }
    return members;
  }

  private Map<String, @Nullable Object> schema(String name) {
    return map(map(map(document, "components"), "schemas"), name);
  }

  private static Set<String> shown(Class<?> view) {
    return Arrays.stream(view.getRecordComponents())
        .map(RecordComponent::getName)
        .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> answered() {
    Set<String> answered = new TreeSet<>(SERVLETS);
    for (Class<?> resource : classes()) {
      Path root = resource.getAnnotation(Path.class);
      if (root == null) {
        continue;
      }
      for (Method method : resource.getDeclaredMethods()) {
        for (Annotation annotation : method.getAnnotations()) {
          HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
          if (http != null) {
            answered.add(http.value() + " " + path(root, method.getAnnotation(Path.class)));
          }
        }
      }
    }
    return answered;
  }

  private static String path(Path root, @Nullable Path method) {
    String path = "/" + root.value() + (method == null ? "" : "/" + method.value());
    return path.replaceAll("/+", "/");
  }

  private static List<Class<?>> classes() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.etlapi")
            .stream()
            .filter(type -> type.getPackageName().startsWith("io.etlapi."))
            .<Class<?>>map(JavaClass::reflect)
            .toList();
  }

  private static void collectReferences(@Nullable Object value, Set<String> references) {
    if (value instanceof Map<?, ?> map) {
      if (map.get("$ref") instanceof String reference) {
        references.add(reference);
      }
      map.values().forEach(member -> collectReferences(member, references));
    } else if (value instanceof List<?> list) {
      list.forEach(member -> collectReferences(member, references));
    }
  }

  private static Map<String, @Nullable Object> map(
      Map<String, @Nullable Object> object, String name) {
    return asMap(object.get(name));
  }

  private static Map<String, @Nullable Object> asMap(@Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, member) -> copy.put(String.valueOf(key), member));
    }
    return copy;
  }

  private static Map<String, @Nullable Object> read() {
    try {
      return Json.parseObject(Files.readString(java.nio.file.Path.of("webapp/openapi.json")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
