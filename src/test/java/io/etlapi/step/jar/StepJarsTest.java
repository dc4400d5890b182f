package io.etlapi.step.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.Step;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepException;
import io.etlapi.step.TestStepContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepJarsTest {

  private static final String STEP =
      """
      package own;
      import io.etlapi.step.*;
      import java.util.Map;
      public class %1$s implements Step {
        %3$s
        public StepDescription describe() {
          return new StepDescription("%2$s", "%2$s", "workflow", "", Map.of(), true);
        }
        public StepResult run(StepContext context) throws Exception {
          return new StepResult(Map.of("status", "success", "said", %4$s));
        }
      }
      """;

  @TempDir Path temp;

  @Test
  void theExampleOfTheReadmeRuns() throws Exception {
    Path source = Path.of("server-config/own-steps/java/src/example/GreetStep.java");
    Path jar =
        new JarBuilder()
            .source("example.GreetStep", Files.readString(source))
            .provider("example.GreetStep")
            .build(temp.resolve("work"), temp.resolve("greet.jar"));
    StepJars.Contents contents = jars().load(jar);

    assertEquals(List.of(), contents.faults());
    Step greet = contents.steps().get(0);
    assertEquals("java", greet.describe().kind());
    StepBench bench = new StepBench(Files.createDirectories(temp.resolve("bench")));
    assertEquals("Hello, Ada!", bench.run(greet, Map.of("name", "Ada")).get("greeting"));
    try (TestStepContext context = bench.context(Map.of("name", " "))) {
      assertThrows(StepException.class, () -> greet.run(context));
    }
  }

  @Test
  void oneBrokenClassLeavesTheOthersOfItsJar() throws Exception {
    Path jar =
        new JarBuilder()
            .source("own.Good", STEP.formatted("Good", "good", "", "\"yes\""))
            .source(
                "own.Bad",
                STEP.formatted(
                    "Bad",
                    "bad",
                    "static { if (true) throw new RuntimeException(\"boom\"); }",
                    "1"))
            .source("own.Nameless", STEP.formatted("Nameless", "Not A Name", "", "1"))
            .provider("own.Missing")
            .provider("own.Bad")
            .provider("own.Nameless")
            .provider("own.Good")
            .build(temp.resolve("work"), temp.resolve("mixed.jar"));
    StepJars.Contents contents = jars().load(jar);

    assertEquals(
        List.of("good"), contents.steps().stream().map(step -> step.describe().name()).toList());
    assertEquals(3, contents.faults().size(), contents.faults().toString());
    assertTrue(contents.faults().get(0).contains("own.Missing"), contents.faults().toString());
    assertTrue(contents.faults().get(2).contains("Not A Name"), contents.faults().toString());
  }

  @Test
  void aClassThatIsMissingWhenItRunsFailsTheTask() throws Exception {
    Path jar =
        new JarBuilder()
            .source("own.Part", "package own; public class Part { static int n() { return 1; } }")
            .source("own.Whole", STEP.formatted("Whole", "whole", "", "Part.n()"))
            .provider("own.Whole")
            .without("own.Part")
            .build(temp.resolve("work"), temp.resolve("whole.jar"));
    Step whole = jars().load(jar).steps().get(0);
    StepBench bench = new StepBench(Files.createDirectories(temp.resolve("bench")));
    try (TestStepContext context = bench.context(Map.of())) {
      String error =
          String.valueOf(assertThrows(StepException.class, () -> whole.run(context)).getMessage());
      assertTrue(error.contains("own/Part"), error);
    }
  }

  @Test
  void aJarThatIsReplacedLeavesTheStepsThatWereTaken() throws Exception {
    StepJars jars = jars();
    Path jar = temp.resolve("own.jar");
    build("first", jar);
    Step before = jars.load(jar).steps().get(0);
    build("second", jar);
    Step after = jars.load(jar).steps().get(0);
    StepBench bench = new StepBench(Files.createDirectories(temp.resolve("bench")));

    assertNotSame(before, after);
    assertEquals("first", bench.run(before, Map.of()).get("said"));
    assertEquals("second", bench.run(after, Map.of()).get("said"));
  }

  @Test
  void aJarWithoutStepsSaysSo() throws Exception {
    Path jar =
        new JarBuilder()
            .source("own.Other", "package own; public class Other {}")
            .build(temp.resolve("work"), temp.resolve("other.jar"));

    assertTrue(jars().load(jar).faults().get(0).contains("META-INF/services"));
  }

  private void build(String said, Path jar) throws Exception {
    new JarBuilder()
        .source("own.Say", STEP.formatted("Say", "say", "", "\"" + said + "\""))
        .provider("own.Say")
        .build(temp.resolve(said), jar);
  }

  private StepJars jars() {
    return new StepJars(temp.resolve("copies"));
  }
}
