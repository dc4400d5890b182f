package io.etlapi.store;

import io.etlapi.task.Task;

/**
 * The record of a finished task, read.
 *
 * @param stamp of the file that it was read from
 */
record KeptRecord(FileStamp stamp, Task task) {}
