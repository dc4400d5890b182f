package io.etlapi.step.classic;

import io.etlapi.database.DataSources;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.parameters.ParameterSchema;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Loads rows into a file or into a table of a database that the server knows: all of them or none.
 * It is not run again by itself after a crash, because appending twice is not appending once.
 */
@ApplicationScoped
public class LoadStep implements Step {

  static final String NAME = "load";

  private static final StepDescription DESCRIPTION =
      ClassicSchemas.step(
          NAME,
          "Load Data",
          "Loads rows into a CSV or Parquet file, or into a table of a database that the server"
              + " knows, all or none: added, in place of what is there, or by key.",
          ParameterSchema.of()
              .optional(
                  "target_system",
                  ClassicSchemas.oneOf("where the rows go", "file", "jdbc", "database"))
              .optional(
                  "load_strategy",
                  ClassicSchemas.oneOf(
                      "what becomes of what is there", "append", "replace", "upsert"))
              .optional("key", ParameterSchema.names("the columns by which upsert knows a row"))
              .optional(
                  "output_path",
                  ParameterSchema.writePath(
                      "a path in an output root, or a relative one in the task's own folder"))
              .optional(
                  "format", ParameterSchema.oneOf("by the name if left out", "csv", "parquet"))
              .optional("delimiter", ClassicSchemas.delimiter())
              .optional(ClassicSchemas.DATASOURCE, ClassicSchemas.dataSource())
              .optional(ClassicSchemas.TABLE, ClassicSchemas.table())
              .optional("column_types", ParameterSchema.columnTypes())
              .optional(
                  "file_path",
                  ParameterSchema.readPath("the path of a Parquet file, if no output is given")),
          false);

  private @Nullable DataSources sources;

  /** For the container's proxy. */
  protected LoadStep() {}

  @Inject
  public LoadStep(DataSources sources) {
    this.sources = sources;
  }

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    return context.parameters().text("target_system", "file").equals("file")
        ? FileTarget.load(context)
        : DatabaseTarget.load(context, Objects.requireNonNull(sources));
  }
}
