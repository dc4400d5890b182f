package io.etlapi.step;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Decides which files a request may name. Readable are the data roots, the samples, and the outputs
 * of finished tasks; writable are the output roots. Every path is checked after resolution of
 * symbolic links; errors quote it as it was sent. Thread-safe.
 */
public interface FileAccess {

  /**
   * Checks that a path lies where requests may read, whether or not the file exists.
   *
   * @param path as it was sent: absolute, or relative to a data root
   * @return the absolute path, with no symbolic link in its existing part
   * @throws PathRefusedException if it is no path or lies outside
   */
  Path readable(String path) throws PathRefusedException;

  /**
   * Checks that a file can be read now.
   *
   * @throws StepException if it lies outside, is not there, is a folder or cannot be read
   */
  Path existing(String path) throws StepException;

  /**
   * Checks an explicit output path: a relative one lies in {@code taskFolder}, an absolute one must
   * lie in an output root.
   */
  Path writable(String path, Path taskFolder) throws PathRefusedException;

  /**
   * What the record of a completed task says of a file, if the file lies in that task's output
   * folder and is listed there.
   *
   * @param file as {@link #readable} returned it, or a sibling of such a file
   */
  Optional<PublishedFile> published(Path file);
}
