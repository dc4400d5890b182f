package io.etlapi.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * The few operations on a file system that durability rests on, one system call's worth each, so
 * that a test can make any of them fail. {@link DurableFiles} puts them in the right order.
 * Thread-safe.
 */
public interface Disk {

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates a file, writes it and fsyncs it. An interrupt of the calling thread has no effect.
   *
   * @throws FsyncException if the fsync failed
   * @throws IOException if it could not be opened or written; it may be there in part
   */
  void writeNew(Path file, Content content) throws IOException;

  /**
   * Fsyncs a file that something else wrote.
   *
   * @throws FsyncException if the fsync failed
   * @throws IOException if it could not be opened
   */
  void syncFile(Path file) throws IOException;

  /**
   * Fsyncs the entries of a folder. Only for threads that nobody interrupts: an interrupt would
   * hide the outcome.
   *
   * @throws FsyncException if the fsync failed
   * @throws IOException if it could not be opened
   */
  void syncFolder(Path folder) throws IOException;

  /** Renames in one step, replacing a file of that name. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file or an empty folder; {@link java.nio.file.NoSuchFileException} if none. */
  void delete(Path file) throws IOException;

  /** Reads a whole file. An interrupt of the calling thread has no effect. */
  byte[] read(Path file) throws IOException;
}
