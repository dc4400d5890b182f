package io.etlapi.step.workflow;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.dataset.ColumnNames;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.TypedView;
import io.etlapi.step.parameters.NameList;
import io.etlapi.step.parameters.ParameterSchema;
import io.etlapi.step.publish.ExternalOutput;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dataset as Parquet with the types that its values mean, for tools that read Parquet
 * themselves; with {@code partition_by} also as a folder of files, one or more for each value.
 */
@ApplicationScoped
public class ConvertParquetStep implements Step {

  private static final String NAME = "convert_parquet";
  private static final String FILE = "data.parquet";
  private static final String PARTITIONS = "partitions";
  private static final int MAX_PARTITIONS = 1_000;

  private static final StepDescription DESCRIPTION =
      new StepDescription(
          NAME,
          "Convert to Parquet",
          "workflow",
          "Writes the input as Parquet with real types, compressed as asked, and partitioned by"
              + " columns if any are named.",
          ParameterSchema.of()
              .optional(
                  "file_path",
                  ParameterSchema.readPath("the path of a Parquet file, if no output is given"))
              .optional(
                  "output_path",
                  ParameterSchema.writePath(
                      "a path in an output root, or a relative one in the task's own folder"))
              .optional(
                  "compression",
                  ParameterSchema.with(
                      ParameterSchema.oneOf(
                          "the codec", "snappy", "zstd", "gzip", "lz4", "uncompressed", "none"),
                      "default",
                      "snappy"))
              .optional(
                  "partition_by", ParameterSchema.names("column names, as an array or with commas"))
              .optional("column_types", ParameterSchema.columnTypes())
              .build(),
          true);

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws StepException, InterruptedException {
    StepResults results = StepResults.begin(context, NAME);
    Dataset dataset = WorkflowInput.single(context, NAME);
    Optional<ExternalOutput> external = ExternalOutput.of(context, "output_path");
    DuckDbSession session = context.session(List.of(dataset.path()));
    TypedView view = TypedView.of(session, dataset, TypedView.overrides(context.parameters()));
    String compression = context.parameters().text("compression", "snappy");
    List<DatasetColumn> partitionBy =
        ColumnNames.require(
            view.columns(), NameList.of(context.parameters(), "partition_by"), dataset.sentPath());

    context.progress(10, "writing Parquet");
    String fileName =
        external
            .filter(ExternalOutput::isInTaskFolder)
            .map(ExternalOutput::nameInTaskFolder)
            .orElse(FILE);
    PublishedTable table =
        TablePublisher.of(context, session, NAME)
            .input(dataset)
            .compression(compression.equals("none") ? "uncompressed" : compression)
            .write(fileName, view.selectTyped());
    List<String> partitions = writePartitions(context, session, table, partitionBy, compression);

    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("compression", compression);
    details.put("partition_by", partitionBy.stream().map(DatasetColumn::name).toList());
    details.put("partition_files", partitions);
    details.put("input_bytes", size(dataset.path(), dataset.sentPath()));
    details.put("output_bytes", table.manifest().bytes());
    details.put("output_path", external.map(ExternalOutput::shownPath).orElse(null));
    StepResult result =
        results.input(dataset.fileInfo(session)).details(details).build(session, table);
    if (external.isPresent()) {
      external.get().deliver(table.file());
    }
    return result;
  }

  private static List<String> writePartitions(
      StepContext context,
      DuckDbSession session,
      PublishedTable table,
      List<DatasetColumn> by,
      String compression)
      throws StepException {
    if (by.isEmpty()) {
      return List.of();
    }
    String names = by.stream().map(c -> quote(c.name())).collect(Collectors.joining(", "));
    String source = "read_parquet(" + literal(table.file().toString()) + ")";
    if (by.size() == table.columns().size()) {
      throw new StepException(
          "partition_by names every column: nothing would be left to write in the files.");
    }
    long values =
        session.number("SELECT count(*) FROM (SELECT DISTINCT " + names + " FROM " + source + ")");
    if (values > MAX_PARTITIONS) {
      throw new StepException(
          "partition_by would make "
              + values
              + " partitions; at most "
              + MAX_PARTITIONS
              + " are written. Name columns with fewer values.");
    }
    Path folder = context.folder().resolve(PARTITIONS);
    session.execute(
        "COPY (SELECT * FROM %s) TO %s (FORMAT parquet, COMPRESSION %s, PARTITION_BY (%s))"
            .formatted(
                source,
                literal(folder.toString()),
                compression.equals("none") ? "uncompressed" : compression,
                names));
    List<String> files = new ArrayList<>();
    try (Stream<Path> written = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
      written
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(
              file ->
                  files.add(
                      context.published(context.folder().relativize(file).toString()).toString()));
    } catch (IOException e) {
      throw new StepException("The partitions could not be written.", e);
    }
    return files;
  }

  private static long size(Path path, String sent) throws StepException {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new StepException("The file '" + sent + "' cannot be read.", e);
    }
  }
}
