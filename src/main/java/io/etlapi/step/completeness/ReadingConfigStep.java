package io.etlapi.step.completeness;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.EngineException;
import io.etlapi.engine.SqlIdentifier;
import io.etlapi.engine.TableAppender;
import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.ControlDefinition;
import io.etlapi.step.completeness.control.ControlDocument;
import io.etlapi.step.completeness.control.FileFormat;
import io.etlapi.step.completeness.control.FilePattern;
import io.etlapi.step.completeness.control.FileSpec;
import io.etlapi.step.completeness.control.Lookup;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.source.FileFinder;
import io.etlapi.step.completeness.source.FoundFile;
import io.etlapi.step.dataset.Dataset;
import io.etlapi.step.dataset.FileDigest;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds and checks the configuration document of a control and every file it names for the run
 * date. Nothing that is missing, empty or there twice passes: a side that is empty by mistake must
 * never look complete.
 */
@ApplicationScoped
public class ReadingConfigStep implements Step {

  /** Member of the manifest's extra with the files found. */
  static final String FILES = "files";

  static final String HOLIDAYS = "holidays";

  private static final StepDescription DESCRIPTION =
      ControlSteps.describeFirst(
          ControlSteps.READING_CONFIG,
          "Reading_Config_Comp",
          "Reads the configuration document of a completeness control, checks it, and finds the"
              + " files of the run date with their sizes and digests.");

  @Override
  public StepDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, DESCRIPTION.name());
    LocalDate runDate = ControlSteps.runDate(context);
    String root =
        context
            .parameters()
            .text("rootFileDir")
            .orElseThrow(() -> new StepException("The parameter rootFileDir is missing."));
    FileFinder finder = new FileFinder(context.files(), root, runDate);
    ConfigFile config = ConfigFile.find(context, finder.root(), root);
    byte[] content = Files.readAllBytes(config.path());
    String sha256 = FileDigest.sha256(content);
    ControlDocument.Parsed parsed = ControlDocument.parse(content);
    ControlDefinition control = parsed.definition();

    List<FoundFile> files = find(finder, control);
    DuckDbSession session =
        context.session(files.stream().map(file -> file.file().path()).toList());
    ExpressionChecks.check(session, control);
    List<LocalDate> holidays = holidays(finder, files);
    finder.requireNoProblem();
    ControlRun run =
        new ControlRun(
            control,
            Json.parseObject(new String(content, StandardCharsets.UTF_8)),
            runDate,
            root,
            sha256,
            holidays);
    parsed
        .warnings()
        .forEach(warning -> context.log("warning: " + warning.pointer() + ": " + warning.detail()));
    context.log("control '" + control.controlId() + "' for run date " + runDate);
    files.forEach(file -> context.log(file.role() + ": " + file.file().name()));

    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    for (FoundFile file : files) {
      Map<String, @Nullable Object> described = file.toJson();
      described.put("rows", rows(session, control, file));
      found.add(described);
    }
    Map<String, @Nullable Object> info = Dataset.describe(config.path(), config.sentName(), sha256);
    TablePublisher publisher =
        TablePublisher.of(context, session, DESCRIPTION.name())
            .extra(FILES, files.stream().map(FoundFile::toJson).toList());
    PublishedTable table =
        run.attach(context, publisher)
            .types(Map.of("sha256", LogicalType.TEXT))
            .write("files.parquet", filesTable(session, control, found));
    return results.input(info).details(details(run, parsed, config, found)).build(session, table);
  }

  private static List<FoundFile> find(FileFinder finder, ControlDefinition control)
      throws StepException, InterruptedException {
    List<FoundFile> files = new ArrayList<>();
    Map<Path, String> sides = new HashMap<>();
    for (Side side : Side.values()) {
      List<FoundFile> found = finder.find(side.key(), control.side(side).files().pattern());
      for (FoundFile file : found) {
        String other = sides.putIfAbsent(file.file().path(), side.key());
        if (other != null) {
          finder.problem(
              "the file '" + file.file().name() + "' is on both sides: it would match itself");
        }
      }
      files.addAll(found);
    }
    for (Side side : Side.values()) {
      files.addAll(LookupSearchStep.find(finder, control, side));
    }
    String holidays = control.rolling().calendar().holidayFile();
    if (holidays != null) {
      files.addAll(finder.find(HOLIDAYS, holidays));
    }
    return files;
  }

  private static List<LocalDate> holidays(FileFinder finder, List<FoundFile> files)
      throws StepException {
    List<LocalDate> days = new ArrayList<>();
    for (FoundFile file : files) {
      if (!file.role().equals(HOLIDAYS)) {
        continue;
      }
      try {
        List<String> lines = Files.readAllLines(file.file().path(), StandardCharsets.UTF_8);
        for (int i = 0; i < lines.size(); i++) {
          String line = lines.get(i).replace("\uFEFF", "").strip();
          if (line.isEmpty() || line.startsWith("#")) {
            continue;
          }
          try {
            days.add(LocalDate.parse(line));
          } catch (DateTimeException e) {
            finder.problem(
                "line %d of the holiday file '%s' is '%s'; allowed: one date yyyy-MM-dd a line"
                    .formatted(i + 1, file.file().name(), shorten(line)));
          }
        }
      } catch (IOException e) {
        finder.problem("the holiday file '" + file.file().name() + "' is not a UTF-8 text");
      }
    }
    return days.stream().distinct().sorted().toList();
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** Known without reading the data only where the file itself says so. */
  private static @Nullable Long rows(
      DuckDbSession session, ControlDefinition control, FoundFile file) {
    if (!FileFormat.PARQUET.key().equals(format(control, file.role()))) {
      return null;
    }
    try {
      return session.number(
          "SELECT count(*) FROM read_parquet("
              + SqlIdentifier.literal(file.file().path().toString())
              + ")");
    } catch (EngineException e) {
      if (session.isCancelled()) {
        throw e;
      }
      return null; // the step that reads it says what is wrong with it
    }
  }

  private static String filesTable(
      DuckDbSession session, ControlDefinition control, List<Map<String, @Nullable Object>> files) {
    session.execute(
        "CREATE TABLE found_files (position VARCHAR, role VARCHAR, file VARCHAR, format VARCHAR,"
            + " size_bytes VARCHAR, rows VARCHAR, sha256 VARCHAR)");
    try (TableAppender appender = session.appender("found_files")) {
      for (int i = 0; i < files.size(); i++) {
        Map<String, @Nullable Object> file = files.get(i);
        Object rows = file.get("rows");
        appender.row(
            Integer.toString(i),
            String.valueOf(file.get("role")),
            String.valueOf(file.get("file")),
            format(control, String.valueOf(file.get("role"))),
            String.valueOf(file.get("size_bytes")),
            rows == null ? null : rows.toString(),
            String.valueOf(file.get("sha256")));
      }
    }
    return """
    SELECT role, file, format, CAST(size_bytes AS BIGINT) AS size_bytes,
      CAST(rows AS BIGINT) AS rows, sha256
    FROM found_files ORDER BY CAST(position AS BIGINT)
    """;
  }

  private static @Nullable String format(ControlDefinition control, String role) {
    for (Side side : Side.values()) {
      if (role.equals(side.key())) {
        return control.side(side).files().format().key();
      }
      List<FileSpec> lookups = control.side(side).lookups().stream().map(Lookup::files).toList();
      for (int i = 0; i < lookups.size(); i++) {
        if (role.equals(LookupSearchStep.role(side, i))) {
          return lookups.get(i).format().key();
        }
      }
    }
    return null;
  }

  private static Map<String, @Nullable Object> details(
      ControlRun run,
      ControlDocument.Parsed parsed,
      ConfigFile config,
      List<Map<String, @Nullable Object>> files) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("control_id", run.control().controlId());
    details.put("run_date", run.runDate().toString());
    details.put("config_file", config.sentName());
    details.put("config_sha256", run.configSha256());
    details.put(
        "warnings",
        parsed.warnings().stream()
            .map(warning -> Map.of("pointer", warning.pointer(), "detail", warning.detail()))
            .toList());
    details.put("fields", run.control().fields());
    details.put("passes", (long) run.control().match().passes().size());
    details.put("files", files);
    return details;
  }

  /** The configuration document's file. */
  private record ConfigFile(Path path, String sentName) {

    /** One file, or exactly one match in a folder. */
    static ConfigFile find(StepContext context, Path root, String rootFileDir)
        throws StepException, IOException {
      String sent = context.parameters().text("inputConfigFilePath", "");
      Path place = sent.isBlank() ? root : place(context, root, sent);
      if (Files.isRegularFile(place)) {
        return new ConfigFile(checked(context, place, sent), sent);
      }
      String shown = sent.isBlank() ? rootFileDir : sent;
      if (!Files.isDirectory(place)) {
        throw new StepException(
            "inputConfigFilePath: '"
                + shown
                + "' is neither a file nor a folder; it may be absolute or lie below"
                + " rootFileDir.");
      }
      String text = context.parameters().text("inputConfigFilePattern", "*.json");
      List<Path> matches;
      try {
        matches = FilePattern.of(text).find(place, ControlSteps.runDate(context));
      } catch (IllegalArgumentException e) {
        throw new StepException("inputConfigFilePattern: " + e.getMessage() + ".", e);
      }
      if (matches.size() != 1) {
        throw new StepException(
            (matches.isEmpty() ? "No configuration document" : "More than one document")
                + " matches inputConfigFilePattern '"
                + text
                + "' in '"
                + shown
                + "'"
                + (matches.isEmpty()
                    ? "."
                    : ": "
                        + String.join(", ", matches.stream().limit(5).map(Path::toString).toList())
                        + "; name one."));
      }
      String name = matches.get(0).toString();
      return new ConfigFile(checked(context, place.resolve(matches.get(0)), name), name);
    }

    private static Path place(StepContext context, Path root, String sent) throws StepException {
      Path below = root.resolve(sent).normalize();
      return !Path.of(sent).isAbsolute() && below.startsWith(root) && Files.exists(below)
          ? below
          : context.files().readable(sent);
    }

    private static Path checked(StepContext context, Path file, String shown)
        throws StepException, IOException {
      try {
        Path readable = context.files().existing(file.toString());
        if (Files.size(readable) == 0) {
          throw new JsonException("it is empty");
        }
        return readable;
      } catch (StepException | JsonException e) {
        throw new StepException(
            "The configuration document '" + shown + "' cannot be read or is empty.", e);
      }
    }
  }
}
