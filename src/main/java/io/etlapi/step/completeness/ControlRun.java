package io.etlapi.step.completeness;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.ControlDocument;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.publish.TablePublisher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A control at work on one run date. Every step of the control keeps a copy in {@code control.json}
 * beside its table, so that each can run alone on what its predecessor left.
 *
 * @param document the configuration document as it was read
 * @param rootFileDir as the request named it
 * @param configSha256 digest of the document's file
 * @param holidays of the rolling calendar; empty without a holiday file
 */
public record ControlRun(
    ControlDefinition control,
    Map<String, @Nullable Object> document,
    LocalDate runDate,
    String rootFileDir,
    String configSha256,
    List<LocalDate> holidays) {

  /** The role of the copy in a manifest's side files. */
  public static final String ROLE = "control";

  private static final String FILE = "control.json";

  public ControlRun {
    holidays = List.copyOf(holidays);
  }

  /**
   * The run that a table of the control belongs to.
   *
   * @throws StepException if the table is not from a completed step of a control
   */
  public static ControlRun of(Dataset table) throws StepException, InterruptedException {
    Dataset copy =
        table
            .sideFile(ROLE)
            .orElseThrow(
                () ->
                    new StepException(
                        "The file '"
                            + table.sentPath()
                            + "' is not the output of a completed step of a control on this"
                            + " server."));
    try {
      return parse(Files.readString(copy.path()));
    } catch (IOException | JsonException e) {
      throw new StepException("The control of '" + table.sentPath() + "' cannot be read.", e);
    }
  }

  private static ControlRun parse(String text) throws StepException {
    Map<String, @Nullable Object> json = Json.parseObject(text);
    Map<String, @Nullable Object> document = Json.parseObject(Json.write(json.get("document")));
    return new ControlRun(
        ControlDocument.parse(document).definition(),
        document,
        LocalDate.parse(String.valueOf(json.get("run_date"))),
        String.valueOf(json.get("root_file_dir")),
        String.valueOf(json.get("config_sha256")),
        json.get("holidays") instanceof List<?> days
            ? days.stream().map(day -> LocalDate.parse(String.valueOf(day))).toList()
            : List.of());
  }

  /** Writes the copy into the attempt's folder and links it from the table to come. */
  public TablePublisher attach(StepContext context, TablePublisher publisher) throws StepException {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run_date", runDate.toString());
    json.put("root_file_dir", rootFileDir);
    json.put("config_sha256", configSha256);
    json.put("holidays", holidays.stream().map(LocalDate::toString).toList());
    json.put("document", document);
    try {
      Files.write(
          context.folder().resolve(FILE), Json.pretty(json).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StepException("The copy of the control could not be written.", e);
    }
    return publisher.sideFile(ROLE, FILE);
  }
}
