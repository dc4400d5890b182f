package io.etlapi.step.process;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonLimits;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.FileDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a task's output from the JSON object that a program gave as its result. */
final class ProcessOutput {

  private static final int MAX_DEPTH = 64;
  private static final int MAX_FIELDS = 1_000_000;
  private static final String FILE_INFO = "file_info";
  private static final String FILE_PATH = "file_path";

  private final StepContext context;
  private final String step;
  private final long maxBytes;

  ProcessOutput(StepContext context, String step, long maxBytes) {
    this.context = context;
    this.step = step;
    this.maxBytes = maxBytes;
  }

  /** The result on standard output. */
  Map<String, @Nullable Object> printed(PrintedResult result) throws StepException {
    if (result.isEmpty()) {
      throw new StepException(
          "The process ended well but printed no result: it must print a JSON object, beginning on"
              + " a line of its own.");
    }
    try {
      return parse(result.text().getBytes(StandardCharsets.UTF_8));
    } catch (JsonException whole) {
      try {
        Map<String, @Nullable Object> first =
            parse(result.firstLine().getBytes(StandardCharsets.UTF_8));
        result.logTheRest();
        return first;
      } catch (JsonException e) {
        throw notJson("The process printed", whole);
      }
    }
  }

  /** The result in a file, which is removed: it is not one of the task's outputs. */
  Map<String, @Nullable Object> file(String name) throws StepException, IOException {
    Path file = context.folder().resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new StepException(
          "The process ended well but wrote no result file '" + name + "' in the task's folder.");
    }
    if (Files.size(file) > maxBytes) {
      throw new StepException(
          "The result file '" + name + "' is larger than limits.output_mb allows.");
    }
    try {
      return parse(Files.readAllBytes(file));
    } catch (JsonException e) {
      throw notJson("The process wrote", e);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Map<String, @Nullable Object> parse(byte[] json) {
    return Json.parseObject(json, new JsonLimits(MAX_DEPTH, MAX_FIELDS, maxBytes));
  }

  private static StepException notJson(String who, JsonException e) {
    return new StepException(
        who
            + " a result that is not a JSON object: "
            + Signals.clipped(String.valueOf(e.getMessage()))
            + ". NaN, Infinity and comments are not JSON.");
  }

  /**
   * The output that clients read: what the program returned, with what every output has where it
   * says nothing, the files it names under the paths where they will be found, and its main file
   * measured.
   *
   * @throws StepException if the program says itself that it failed
   */
  Map<String, @Nullable Object> complete(Map<String, @Nullable Object> result)
      throws StepException, IOException, InterruptedException {
    Object message = result.get("fail_message");
    Object status = result.get("status");
    if (message != null || "failed".equals(status) || "error".equals(status)) {
      Object reason = message != null ? message : result.get("error");
      throw new StepException(
          reason == null ? "The process reported that it failed." : String.valueOf(reason));
    }
    Map<String, @Nullable Object> output = new LinkedHashMap<>();
    output.put("status", "success");
    output.put("step_type", step);
    output.put("run_parameters", context.parameters().asMap());
    output.put("execution_logs", context.logged());
    output.put("fail_message", null);
    result.forEach((name, value) -> output.put(name, published(value)));
    if (result.get(FILE_INFO) instanceof Map<?, ?> info
        && info.get(FILE_PATH) instanceof String path) {
      output.put(FILE_INFO, measured(info, path));
    }
    return output;
  }

  private Map<String, @Nullable Object> measured(Map<?, ?> given, String path)
      throws StepException, IOException, InterruptedException {
    Map<String, @Nullable Object> info = new LinkedHashMap<>();
    given.forEach((name, value) -> info.put(String.valueOf(name), published(value)));
    Path file = inFolder(path);
    if (file != null && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      Map<String, @Nullable Object> facts =
          Dataset.describe(file, String.valueOf(published(file.toString())), digest(file));
      facts.forEach(
          (name, value) -> {
            if (value != null || !info.containsKey(name)) {
              info.put(name, value);
            }
          });
    }
    return info;
  }

  private static String digest(Path file) throws IOException, InterruptedException {
    return FileDigest.sha256(file);
  }

  private @Nullable Path inFolder(String path) {
    try {
      Path file = context.folder().resolve(path).normalize();
      return file.startsWith(context.folder()) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** The folder of an attempt is moved when the task completes. */
  private @Nullable Object published(@Nullable Object value) {
    if (value instanceof String text) {
      String folder = context.folder() + "/";
      return text.startsWith(folder)
          ? context.published(text.substring(folder.length())).toString()
          : text;
    }
    if (value instanceof List<?> items) {
      List<@Nullable Object> mapped = new ArrayList<>();
      items.forEach(item -> mapped.add(published(item)));
      return mapped;
    }
    if (value instanceof Map<?, ?> members) {
      Map<String, @Nullable Object> mapped = new LinkedHashMap<>();
      members.forEach((name, member) -> mapped.put(String.valueOf(name), published(member)));
      return mapped;
    }
    return value;
  }
}
