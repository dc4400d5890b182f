package io.etlapi.task;

import java.util.List;

/** What a completed task returned: the JSON object that clients see as {@code output}. */
public sealed interface TaskResult {

  /** Above this many UTF-8 bytes a result lies in a file of its own. */
  int MAX_INLINE_BYTES = 256 * 1024;

  /** The files that the task published, with their digests. */
  List<OutputFile> files();

  /**
   * A small result, held in the task's file.
   *
   * @param json a complete JSON object
   */
  record Inline(String json, List<OutputFile> files) implements TaskResult {
    public Inline {
      files = List.copyOf(files);
    }
  }

  /**
   * A large result, streamed from the task's output folder.
   *
   * @param file the result's own file; also one of {@link #files()}
   */
  record InFile(OutputFile file, List<OutputFile> files) implements TaskResult {
    public InFile {
      files = List.copyOf(files);
    }
  }
}
