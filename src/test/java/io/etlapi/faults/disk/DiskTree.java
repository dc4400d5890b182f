package io.etlapi.faults.disk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a file system holds, and how much of it would outlive a loss of power. */
final class DiskTree {

  private DiskTree() {}

  /** A file or a folder, whatever its names. */
  sealed interface Node permits FileNode, FolderNode {}

  /** A file: the content that an fsync has confirmed, and what is only in memory. */
  static final class FileNode implements Node {
    byte @Nullable [] durable;
    byte[] live = new byte[0];

    /** An fsync failed: what was in memory then never reaches the disk, whatever later ones say. */
    boolean forsaken;

    boolean isDirty() {
      return durable == null || !java.util.Arrays.equals(durable, live);
    }
  }

  /**
   * A name that was given ({@code node}) or taken away ({@code null}), and not yet fsynced.
   *
   * @param also the other half of a rename within this folder
   */
  record Change(String name, @Nullable Node node, @Nullable Change also) {
    void applyTo(Map<String, Node> names) {
      if (node == null) {
        names.remove(name);
      } else {
        names.put(name, node);
      }
      if (also != null) {
        also.applyTo(names);
      }
    }
  }

  /** A folder: names that are durable, names as programs see them, and the changes in between. */
  static final class FolderNode implements Node {
    final Map<String, Node> durable = new HashMap<>();
    final Map<String, Node> live = new HashMap<>();
    final List<Change> pending = new ArrayList<>();

    /** An fsync failed: none of the changes before it is ever made durable by a later one. */
    boolean forsaken;

    /** Programs have removed it with all it held; any part of that may still be on the disk. */
    boolean removed;

    void change(Change change) {
      change.applyTo(live);
      pending.add(change);
    }

    void settle() {
      if (!forsaken) {
        pending.forEach(change -> change.applyTo(durable));
        pending.clear();
      }
    }
  }
}
