package io.etlapi.execution;

/** Where a pipeline comes from. */
public enum PipelineSource {
  /** The server comes with it. */
  SHIPPED,
  /** A file in the folder of the operator's own steps; changed there. */
  FOLDER,
  /** Stored over the interface; changed there. */
  STORED;

  /** The word for it. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
