package io.etlapi.step.completeness;

import io.etlapi.json.Json;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.Side;
import java.time.DateTimeException;
import java.time.LocalDate;

/** What the steps of a control have in common towards clients: names and parameters. */
public final class ControlSteps {

  public static final String READING_CONFIG = "reading_config_comp";

  private static final String PARAMETERS =
      """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
          "expectedRunDate": {
            "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "the run date, as 2024-01-15"
          },
          "rootFileDir": {
            "type": "string", "minLength": 1, "x-etl-path": "read",
            "description": "the folder below which the control's files lie"
          },
          "inputConfigFilePath": {
            "type": "string", "minLength": 1,
            "description": "the configuration document, or the folder it lies in; relative to rootFileDir"
          },
          "inputConfigFilePattern": {
            "type": "string", "minLength": 1,
            "description": "the document's file name in that folder, with * and ?; *.json by default"
          },
          "runEnv": {"type": "string", "description": "shown in the result"},
          "tempFilePath": {"type": "string", "description": "ignored"}
        }
      }
      """;

  private ControlSteps() {}

  /** {@code read_src_comp}, {@code harmonisation_tgt_comp} and so on. */
  public static String name(String work, Side side) {
    return work + "_" + side.key() + "_comp";
  }

  /** The description of a step that takes everything from the output before it. */
  public static StepDescription describe(String name, String displayName, String description) {
    return new StepDescription(
        name, displayName, "completeness", description, Json.parseObject(PARAMETERS), true);
  }

  /** The description of the step that starts a control, which needs more of its parameters. */
  static StepDescription describeFirst(String name, String displayName, String description) {
    String required =
        PARAMETERS.replace(
            "\"type\": \"object\",\n  \"properties\"",
            "\"type\": \"object\",\n  \"required\": [\"expectedRunDate\", \"rootFileDir\"],\n"
                + "  \"properties\"");
    return new StepDescription(
        name, displayName, "completeness", description, Json.parseObject(required), true);
  }

  static LocalDate runDate(StepContext context) throws StepException {
    String text =
        context
            .parameters()
            .text("expectedRunDate")
            .orElseThrow(() -> new StepException("The parameter expectedRunDate is missing."));
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new StepException(
          "expectedRunDate: '" + text + "' is not a date that exists; allowed: yyyy-MM-dd.", e);
    }
  }
}
