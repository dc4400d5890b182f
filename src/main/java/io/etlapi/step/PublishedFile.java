package io.etlapi.step;

import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;

/** A file that a completed task of this server has published, as that task's record lists it. */
public record PublishedFile(TaskId task, OutputFile file) {}
