package io.etlapi.step.completeness.source;

import io.etlapi.step.FileAccess;
import io.etlapi.step.PathRefusedException;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.FilePattern;
import io.etlapi.step.dataset.FileDigest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files of a control for a run date. What is missing, empty, not readable or there twice
 * is a problem; all problems are gathered and reported together.
 */
public final class FileFinder {

  private final FileAccess access;
  private final String rootFileDir;
  private final Path root;
  private final LocalDate runDate;
  private final List<String> problems = new ArrayList<>();

  /**
   * A finder below one folder.
   *
   * @param rootFileDir as the request named it
   * @throws StepException if it may not be read or is no folder
   */
  public FileFinder(FileAccess access, String rootFileDir, LocalDate runDate) throws StepException {
    this.access = access;
    this.rootFileDir = rootFileDir;
    this.root = access.readable(rootFileDir);
    this.runDate = runDate;
    if (!Files.isDirectory(root)) {
      throw new StepException("rootFileDir: '" + rootFileDir + "' is not a folder that exists.");
    }
  }

  /** The files of one pattern, in the order of their names; none if there is a problem. */
  public List<FoundFile> find(String role, String patternText)
      throws StepException, InterruptedException {
    FilePattern pattern = FilePattern.of(patternText);
    String shown = "'" + pattern.forDate(runDate) + "' for run date " + runDate + " (" + role + ")";
    List<FoundFile> found = new ArrayList<>();
    try {
      List<Path> matches = pattern.find(root, runDate);
      if (matches.isEmpty()) {
        List<String> nearby = pattern.nearby(root, runDate);
        problems.add(
            "no file matches "
                + shown
                + (nearby.isEmpty() ? "" : "; in that folder are " + String.join(", ", nearby)));
      }
      Map<String, String> byContent = new HashMap<>();
      for (Path match : matches) {
        String name = match.toString().replace(File.separatorChar, '/');
        Path file = readable(root.resolve(match), name);
        if (file == null) {
          continue;
        }
        long bytes = Files.size(file);
        if (bytes == 0) {
          problems.add("the file '" + name + "' is empty (" + role + ")");
          continue;
        }
        String sha256 = FileDigest.sha256(file);
        String twin = byContent.putIfAbsent(sha256, name);
        if (twin != null) {
          problems.add(
              "the files '"
                  + twin
                  + "' and '"
                  + name
                  + "' hold the same bytes ("
                  + role
                  + ");"
                  + " a file that was delivered twice must not be counted twice");
        }
        found.add(new FoundFile(role, new SourceFile(name, file), bytes, sha256));
      }
    } catch (IOException e) {
      problems.add("the folders of " + shown + " cannot be read");
    }
    return found;
  }

  /**
   * A file that was found before, if it has not changed since.
   *
   * @param found as {@link FoundFile#toJson} gave it
   * @throws StepException if it is gone or has changed
   */
  public FoundFile again(Map<?, ?> found) throws StepException, InterruptedException {
    String role = String.valueOf(found.get("role"));
    String name = String.valueOf(found.get("file"));
    String sha256 = String.valueOf(found.get("sha256"));
    try {
      Path file = readable(root.resolve(name), name);
      requireNoProblem();
      if (file != null && FileDigest.sha256(file).equals(sha256)) {
        return new FoundFile(role, new SourceFile(name, file), Files.size(file), sha256);
      }
    } catch (IOException e) {
      throw new StepException("The file '" + name + "' cannot be read.", e);
    }
    throw new StepException(
        "The file '"
            + name
            + "' has changed since it was found for this run; run the control again from"
            + " reading_config_comp.");
  }

  /**
   * Null, and a problem, if it may not be read; the access names places, so its words stay here.
   */
  private @Nullable Path readable(Path place, String name) {
    try {
      return access.existing(place.toString());
    } catch (PathRefusedException e) {
      problems.add("the file '" + name + "' leads out of the folders that may be read");
    } catch (StepException e) {
      problems.add("the file '" + name + "' is not there or cannot be read");
    }
    return null;
  }

  /** Adds a problem that the caller found. */
  public void problem(String sentence) {
    problems.add(sentence);
  }

  /**
   * Reports all problems found.
   *
   * @throws StepException if there is one
   */
  public void requireNoProblem() throws StepException {
    if (!problems.isEmpty()) {
      throw new StepException(
          "The files of the control below '"
              + rootFileDir
              + "' are not in order: "
              + String.join("; ", problems)
              + ".");
    }
  }

  /** The folder itself; for the engine, never for a message. */
  public Path root() {
    return root;
  }
}
