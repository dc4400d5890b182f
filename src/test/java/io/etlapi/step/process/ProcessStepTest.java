package io.etlapi.step.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.TestStepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What programs are given and what becomes of what they give. */
@EnabledOnOs(OS.LINUX)
class ProcessStepTest {

  @TempDir Path temp;
  private ProcessBench bench;

  @BeforeEach
  void bench() throws IOException {
    bench = new ProcessBench(temp);
  }

  @Test
  void theObjectOnStandardOutputIsTheOutput() throws Exception {
    Map<String, ?> output =
        bench.run(bench.shell("echo 'reading'; echo '{\"rows\": 3, \"status\": \"success\"}'"));

    assertEquals(3L, output.get("rows"));
    assertEquals("success", output.get("status"));
    assertEquals("own", output.get("step_type"));
    assertEquals(List.of("reading"), output.get("execution_logs"));
  }

  @Test
  void linesAroundTheResultGoToTheLogAndProgressLinesSetTheProgress() throws Exception {
    String script =
        "echo before; echo '{\"an\": \"earlier one\"}'; echo PROGRESS 42 reading rows;"
            + " printf '{\\n  \"rows\": 7\\n}\\n'; echo oops >&2; echo PROGRESS 80 >&2";
    try (TestStepContext context = bench.steps().context(Map.of())) {
      Map<String, ?> output = bench.shell(script).run(context).output();

      assertEquals(7L, output.get("rows"));
      assertEquals(List.of(42, 80), context.percents().stream().sorted().toList());
      assertTrue(
          context.logged().containsAll(List.of("before", "{\"an\": \"earlier one\"}", "oops")),
          context.logged().toString());
      assertFalse(context.logged().toString().contains("PROGRESS"));
    }
  }

  @Test
  void whatIsSaidAfterAResultOnOneLineGoesToTheLog() throws Exception {
    Map<String, ?> output = bench.run(bench.shell("echo '{\"rows\": 1}'; echo bye"));

    assertEquals(1L, output.get("rows"));
    assertEquals(List.of("bye"), output.get("execution_logs"));
  }

  @Test
  void parametersReachTheProgramWhateverTheyHold() throws Exception {
    String hostile = "a\"b'c\\d\ne\0f$(touch pwned)`touch pwned`; touch pwned é漢 \uD83D\uDE80";
    Map<String, ?> output =
        bench.run(
            bench.python("import json,sys\nprint(json.dumps({'got': json.load(sys.stdin)}))"),
            Map.of("text", hostile, "number", 5L, "list", List.of(1L, "x")));

    assertEquals(
        Map.of("text", hostile, "number", 5L, "list", List.of(1L, "x")), output.get("got"));
    try (var files = Files.walk(temp)) {
      assertFalse(files.anyMatch(file -> file.endsWith("pwned")));
    }
  }

  @Test
  void anArgumentStaysOneArgument() throws Exception {
    ProcessStep step =
        bench.python(
            "import json,sys\nprint(json.dumps({'args': sys.argv[1:]}))",
            "--name=${parameters.name}",
            "${parameters.missing}",
            "$HOME *");
    String hostile = "x; rm -rf \"$HOME\" $(id) `id` \n'";

    assertEquals(
        List.of("--name=" + hostile, "", "$HOME *"),
        bench.run(step, Map.of("name", hostile)).get("args"));
    assertTrue(
        bench.failure(step, Map.of("name", "a\0b")).startsWith("Parameter 'name' holds"),
        "NUL in an argument");
  }

  @Test
  void theEnvironmentHoldsWhatIsNamedAndTheTask() throws Exception {
    bench.environment(Map.of("LANG", "C.UTF-8", "TARGET", "db-${parameters.env}"));
    Map<String, ?> output =
        bench.run(
            bench.python("import json,os\nprint(json.dumps({'env': dict(os.environ)}))"),
            Map.of("env", "prod"));
    Map<?, ?> seen = new LinkedHashMap<>((Map<?, ?>) output.get("env"));
    // Python sets this itself where it changes the locale.
    seen.remove("LC_CTYPE");

    assertEquals(
        java.util.Set.of("LANG", "TARGET", "ETL_TASK_ID", "ETL_TASK_FOLDER"), seen.keySet());
    assertEquals("db-prod", seen.get("TARGET"));
  }

  @Test
  void parametersAndResultMayBeFiles() throws Exception {
    bench.files();
    Map<String, ?> output =
        bench.run(
            bench.python(
                """
                import json, os
                params = json.load(open(os.environ['ETL_PARAMETERS_FILE']))
                print('{"this": "is no result"}')
                json.dump({'twice': params['n'] * 2}, open(os.environ['ETL_RESULT_FILE'], 'w'))
                """),
            Map.of("n", 21L));

    assertEquals(42L, output.get("twice"));
    assertEquals(List.of("{\"this\": \"is no result\"}"), output.get("execution_logs"));
  }

  @Test
  void aFileInTheTasksFolderIsFoundMeasuredUnderItsPublishedPath() throws Exception {
    Map<String, ?> output =
        bench.run(
            bench.shell(
                "printf abc > made.txt;"
                    + " echo \"{\\\"file_info\\\": {\\\"file_path\\\": \\\"$PWD/made.txt\\\","
                    + " \\\"rows\\\": 1, \\\"file_size_bytes\\\": 99}}\""));
    Map<?, ?> info = assertInstanceOf(Map.class, output.get("file_info"));

    assertEquals("abc", Files.readString(Path.of(String.valueOf(info.get("file_path")))));
    assertEquals(3L, info.get("file_size_bytes"));
    assertEquals(1L, info.get("rows"));
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", info.get("sha256"));
    try (var files = Files.list(Path.of(String.valueOf(info.get("file_path"))).getParent())) {
      assertEquals(1, files.count(), "nothing of the machinery is published");
    }
  }

  @Test
  void secretsReachTheProgramAndNothingElse() throws Exception {
    bench.secret("db", "s3cr3t-value\n");
    bench.schema(
        "{\"properties\": {\"password\": {\"type\": \"string\", \"x-etl-secret\": true}}}");
    bench.environment(Map.of("DB_PASSWORD", "${secret:db}"));
    ProcessStep step =
        bench.python(
            """
            import json, os, sys
            params = json.load(sys.stdin)
            print('password is', params['password'], os.environ['DB_PASSWORD'])
            print(json.dumps({'same': params['password'] == os.environ['DB_PASSWORD'] == 's3cr3t' + '-value',
                              'echo': ['<' + params['password'] + '>']}))
            """);
    Map<String, ?> output = bench.run(step, Map.of("password", "${secret:db}"));

    assertEquals(true, output.get("same"));
    assertEquals(List.of("<***>"), output.get("echo"));
    assertEquals(List.of("password is *** ***"), output.get("execution_logs"));
    assertEquals(Map.of("password", "${secret:db}"), output.get("run_parameters"));
    assertFalse(Json.write(output).contains("s3cr3t-value"));
    try (var files = Files.walk(bench.steps().storage())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains("s3cr3t-value"), file.toString());
      }
    }
  }

  @Test
  void aSecretIsNeverALiteralNorMissing() throws Exception {
    bench.schema("{\"properties\": {\"password\": {\"x-etl-secret\": true}}}");
    ProcessStep step = bench.shell("echo '{}'");

    String literal = bench.failure(step, Map.of("password", "hunter2"));
    assertTrue(literal.contains("${secret:NAME}") && !literal.contains("hunter2"), literal);
    assertTrue(
        bench.failure(step, Map.of("password", "${secret:gone}")).contains("no secret 'gone'"));
    assertFalse(bench.failure(step, Map.of("password", "${secret:../db}")).contains("no secret"));
  }

  @Test
  void theLastComplaintIsTheError() throws Exception {
    assertEquals(
        "The process ended with exit code 3: no such customer",
        bench.failure(bench.shell("echo working; echo 'no such customer' >&2; exit 3")));
    assertEquals(
        "there is no table",
        bench.failure(bench.shell("echo '{\"fail_message\": \"there is no table\"}'")));
  }

  @Test
  void whatIsNoJsonIsSaidSo() throws Exception {
    assertTrue(bench.failure(bench.shell("true")).contains("printed no result"));
    assertTrue(bench.failure(bench.shell("echo done")).contains("printed no result"));
    String nan = bench.failure(bench.shell("echo '{\"mean\": NaN}'"));
    assertTrue(nan.contains("not a JSON object") && nan.contains("NaN"), nan);
    assertTrue(bench.failure(bench.shell("echo '{\"open\": '")).contains("not a JSON object"));
    assertTrue(
        bench
            .failure(bench.python("print('{\"a\":' + '[' * 100000 + ']' * 100000 + '}')"))
            .contains("not a JSON object"));
  }

  @Test
  void aProgramThatNeverReadsItsInputHoldsNothingUp() throws Exception {
    assertEquals(
        1L,
        bench.run(bench.shell("echo '{\"ok\": 1}'"), Map.of("big", "x".repeat(1 << 20))).get("ok"));
  }
}
