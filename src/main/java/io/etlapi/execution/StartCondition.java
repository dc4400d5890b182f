package io.etlapi.execution;

import java.util.Optional;

/** Something outside this room that must hold before any task is accepted. A CDI bean. */
public interface StartCondition {

  /** Why the server may not become ready, as a sentence that says what to do; empty if it may. */
  Optional<String> fault();
}
