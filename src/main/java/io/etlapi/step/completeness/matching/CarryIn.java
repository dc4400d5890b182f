package io.etlapi.step.completeness.matching;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.ControlRun;
import io.etlapi.step.completeness.control.Side;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the rows of open breaks that a delta feed carries into a run date. */
public interface CarryIn {

  /**
   * What is carried into a run; nothing for a snapshot feed or a first run date.
   *
   * @throws StepException if the open breaks cannot be known
   */
  Carried into(ControlRun run) throws StepException;

  /** The rows, and how the step that takes them finds them again. */
  interface Carried {

    /** Files that the session must be able to read. */
    List<Path> readable();

    /**
     * A relation of one side: {@code row_number} from 1 without gaps, the fields, {@code _file},
     * {@code _line}; empty if nothing is carried.
     */
    Optional<String> relation(DuckDbSession session, Side side, List<String> fields);

    /** Members for the manifest of the combined rows, which rolling reads again. */
    Map<String, @Nullable Object> extra();
  }

  /** Nothing is carried. */
  Carried NOTHING =
      new Carried() {
        @Override
        public List<Path> readable() {
          return List.of();
        }

        @Override
        public Optional<String> relation(DuckDbSession session, Side side, List<String> fields) {
          return Optional.empty();
        }

        @Override
        public Map<String, @Nullable Object> extra() {
          return Map.of();
        }
      };
}
