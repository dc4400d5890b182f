package io.etlapi.task;

/**
 * A file in the output folder of a completed task.
 *
 * @param name file name relative to the task's output folder
 * @param bytes size, 0 or more
 * @param sha256 lower-case hexadecimal digest of its content
 */
public record OutputFile(String name, long bytes, String sha256) {}
