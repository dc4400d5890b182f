package io.etlapi.http.live;

import io.etlapi.task.TaskId;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened. Its JSON is made when the first client gets it, once for all of them:
 * what nobody follows costs next to nothing.
 */
final class LiveEvent {

  private final long sequence;
  private final String name;
  private final Set<TaskId> about;
  private volatile @Nullable Supplier<String> source;
  private volatile @Nullable String json;

  /**
   * An event.
   *
   * @param sequence counts all events from 1
   * @param about the tasks whose followers get it; empty: only those who follow everything
   * @param source makes the data, one line of JSON; may be called by several threads at once
   */
  LiveEvent(long sequence, String name, Set<TaskId> about, Supplier<String> source) {
    this.sequence = sequence;
    this.name = name;
    this.about = about;
    this.source = source;
  }

  long sequence() {
    return sequence;
  }

  String name() {
    return name;
  }

  boolean isAbout(TaskId task) {
    return about.contains(task);
  }

  String json() {
    String made = json;
    if (made == null) {
      Supplier<String> maker = source;
      // Without a maker another thread has just made it.
      made = maker == null ? String.valueOf(json) : maker.get();
      json = made;
      source = null;
    }
    return made;
  }
}
