package io.etlapi.faults.disk;

import io.etlapi.faults.disk.DiskTree.Change;
import io.etlapi.faults.disk.DiskTree.FileNode;
import io.etlapi.faults.disk.DiskTree.FolderNode;
import io.etlapi.faults.disk.DiskTree.Node;
import io.etlapi.store.Disk;
import io.etlapi.store.FsyncException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose power can go at any step. Programs see a real folder; beside it the disk knows what
 * an fsync has made durable. {@link #remains} is one of the folders that a loss of power may leave:
 * of all that was not fsynced, any part may be there and any part may not.
 *
 * <p>POSIX is taken at its word, which allows more than today's file systems do: the changes of a
 * folder may survive in their order or as any subset, a file that was not fsynced may be empty,
 * short, or as long as it was with zeros in it, and what a failed fsync was to make durable never
 * becomes so, although later fsyncs succeed.
 */
public final class SimulatedDisk implements Disk {

  /** How a life ends. */
  public enum End {
    /** The process dies, the machine goes on: all that was written is there. */
    KILL,
    /** The machine dies: what was not fsynced may be lost. */
    POWER
  }

  /** The cache, which is never believed, and the lock, which the system keeps. */
  private static final Set<String> IGNORED = Set.of("task_cache", ".lock");

  private final Path root;
  private final FolderNode tree;
  private int stepsLeft = Integer.MAX_VALUE;
  private int fsyncsBeforeFault = Integer.MAX_VALUE;
  private boolean down;
  private long steps;

  /**
   * A disk with what is in a folder, all of it durable.
   *
   * @param root where programs work
   */
  public SimulatedDisk(Path root) throws IOException {
    this.root = root;
    this.tree = durable(root);
  }

  private static FolderNode durable(Path folder) throws IOException {
    FolderNode node = new FolderNode();
    for (Path entry : entries(folder)) {
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        node.live.put(name(entry), durable(entry));
      } else {
        FileNode file = new FileNode();
        file.live = Files.readAllBytes(entry);
        file.durable = file.live;
        node.live.put(name(entry), file);
      }
    }
    node.durable.putAll(node.live);
    return node;
  }

  /** The power goes after so many further steps. */
  public synchronized void loseAfter(int further) {
    stepsLeft = further;
  }

  /** One fsync fails, after so many that succeed. */
  public synchronized void failFsyncAfter(int further) {
    fsyncsBeforeFault = further;
  }

  public synchronized boolean isDown() {
    return down;
  }

  /** From now on every call ends in {@link PowerLoss}. */
  public synchronized void goDown() {
    down = true;
  }

  /** Steps made: opens, writes, fsyncs, renames, removals. */
  public synchronized long steps() {
    return steps;
  }

  private void step() {
    if (!down && stepsLeft-- <= 0) {
      down = true;
    }
    if (down) {
      throw new PowerLoss();
    }
    steps++;
  }

  private boolean fsyncFails() {
    return fsyncsBeforeFault-- == 0;
  }

  @Override
  public synchronized void writeNew(Path file, Content content) throws IOException {
    write(file, content);
    fsync(file);
  }

  /** Opens a file, empties it, and writes it without fsync; a new name is not durable either. */
  public synchronized void write(Path file, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    content.writeTo(bytes);
    step();
    FolderNode folder = folder(file.getParent());
    FileNode node = folder.live.get(name(file)) instanceof FileNode there ? there : null;
    if (node == null) {
      node = new FileNode();
      folder.change(new Change(name(file), node, null));
    }
    node.live = new byte[0];
    Files.write(file, node.live);
    step();
    // A process may die between two pages of one write.
    node.live = java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
    Files.write(file, node.live);
    step();
    node.live = bytes.toByteArray();
    Files.write(file, node.live);
  }

  /** Makes the content of a file durable. */
  public synchronized void fsync(Path file) throws IOException {
    step();
    FolderNode folder = folder(file.getParent());
    reconcile(folder, file.getParent());
    if (!(folder.live.get(name(file)) instanceof FileNode node)) {
      throw new NoSuchFileException(file.toString());
    }
    if (fsyncFails()) {
      node.forsaken = true;
      throw new FsyncException("fsync of a file failed", new IOException("Input/output error"));
    }
    if (!node.forsaken) {
      node.live = Files.readAllBytes(file);
      node.durable = node.live;
    }
  }

  @Override
  public synchronized void syncFile(Path file) throws IOException {
    fsync(file);
  }

  @Override
  public synchronized void syncFolder(Path path) throws IOException {
    step();
    FolderNode folder = folder(path);
    reconcile(folder, path);
    if (fsyncFails()) {
      folder.forsaken = true;
      throw new FsyncException("fsync of a folder failed", new IOException("Input/output error"));
    }
    folder.settle();
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    step();
    FolderNode source = folder(from.getParent());
    reconcile(source, from.getParent());
    FolderNode target = folder(to.getParent());
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    Node node = source.live.get(name(from));
    if (node == null) {
      throw new IllegalStateException("not known: " + from);
    }
    if (source == target) {
      source.change(new Change(name(to), node, new Change(name(from), null, null)));
    } else {
      target.change(new Change(name(to), node, null));
      source.change(new Change(name(from), null, null));
    }
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    step();
    Files.delete(file);
    FolderNode folder = folder(file.getParent());
    if (folder.live.containsKey(name(file))) {
      folder.change(new Change(name(file), null, null));
    }
  }

  @Override
  public synchronized byte[] read(Path file) throws IOException {
    if (down) {
      throw new PowerLoss();
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchFileException(file.toString());
    }
    return Files.readAllBytes(file);
  }

  /**
   * Writes into an empty folder what is there after the end.
   *
   * @param random decides what of the rest survives
   */
  public synchronized void remains(End end, Path into, Random random) throws IOException {
    reconcileAll(tree, root);
    write(tree, into, end, random);
  }

  private static void write(FolderNode folder, Path into, End end, Random random)
      throws IOException {
    var names = new java.util.TreeMap<String, Node>(end == End.KILL ? folder.live : folder.durable);
    if (end == End.POWER) {
      // As a journal keeps them: up to a point; or as the standard allows: each for itself.
      boolean inOrder = random.nextBoolean();
      int kept = random.nextInt(folder.pending.size() + 1);
      for (int i = 0; i < folder.pending.size(); i++) {
        if (inOrder ? i < kept : random.nextBoolean()) {
          folder.pending.get(i).applyTo(names);
        }
      }
    }
    for (var entry : names.entrySet()) {
      if (folder.removed && end == End.POWER && random.nextBoolean()) {
        continue;
      }
      Path path = into.resolve(entry.getKey());
      if (entry.getValue() instanceof FolderNode child) {
        Files.createDirectory(path);
        write(child, path, end, random);
      } else if (entry.getValue() instanceof FileNode file) {
        Files.write(path, end == End.KILL ? file.live : survivor(file, random));
      }
    }
  }

  /** One of the contents that the file may have. */
  private static byte[] survivor(FileNode file, Random random) {
    byte[] durable = file.durable;
    if (!file.isDirty()) {
      return file.live;
    }
    byte[] live = file.live;
    int cut = live.length == 0 ? 0 : random.nextInt(live.length + 1);
    return switch (random.nextInt(file.forsaken ? 4 : 5)) {
      case 0 -> durable == null ? new byte[0] : durable;
      case 1 -> new byte[0];
      case 2 -> java.util.Arrays.copyOf(live, cut);
      case 3 -> java.util.Arrays.copyOf(java.util.Arrays.copyOf(live, cut), live.length);
      default -> live;
    };
  }

  private FolderNode folder(@Nullable Path path) throws IOException {
    FolderNode node = tree;
    if (path == null || path.equals(root)) {
      return node;
    }
    Path at = root;
    for (Path part : root.relativize(path)) {
      Node next = node.live.get(part.toString());
      if (!(next instanceof FolderNode)) {
        reconcile(node, at);
        next = node.live.get(part.toString());
      }
      if (!(next instanceof FolderNode found)) {
        throw new NoSuchFileException(path.toString());
      }
      node = found;
      at = at.resolve(part);
    }
    return node;
  }

  /** Takes note of what programs did in a folder without this disk: none of it is durable. */
  private static void reconcile(FolderNode folder, @Nullable Path path) throws IOException {
    if (path == null || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Set<String> there = new HashSet<>();
    for (Path entry : entries(path)) {
      String name = name(entry);
      there.add(name);
      boolean isFolder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
      Node known = folder.live.get(name);
      if (isFolder ? !(known instanceof FolderNode) : !(known instanceof FileNode)) {
        known = isFolder ? new FolderNode() : new FileNode();
        folder.change(new Change(name, known, null));
      }
      if (known instanceof FileNode file) {
        file.live = Files.readAllBytes(entry);
      }
    }
    for (String name : List.copyOf(folder.live.keySet())) {
      if (!there.contains(name)) {
        if (folder.live.get(name) instanceof FolderNode gone) {
          remove(gone);
        }
        folder.change(new Change(name, null, null));
      }
    }
  }

  private static void remove(FolderNode folder) {
    folder.removed = true;
    for (Node child : folder.live.values()) {
      if (child instanceof FolderNode below) {
        remove(below);
      }
    }
  }

  private static void reconcileAll(FolderNode folder, Path path) throws IOException {
    reconcile(folder, path);
    for (var entry : folder.live.entrySet()) {
      if (entry.getValue() instanceof FolderNode child) {
        reconcileAll(child, path.resolve(entry.getKey()));
      }
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed.filter(entry -> !IGNORED.contains(name(entry))).sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
