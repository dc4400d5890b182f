package io.etlapi.step.completeness.source;

import java.nio.file.Path;

/**
 * A file of a control.
 *
 * @param name path below the control's root folder, with {@code /}; what lineage and messages show
 * @param path where it lies; for the engine, never for a message
 */
public record SourceFile(String name, Path path) {}
