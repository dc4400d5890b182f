package io.etlapi.step.completeness.control;

/**
 * Where files of one kind lie and how they are read.
 *
 * @param pattern below the control's root folder, with {@code {run_date:PATTERN}}, {@code *} and
 *     {@code ?}; see {@code FilePattern}
 */
public record FileSpec(String pattern, FileFormat format, ReadOptions read) {}
