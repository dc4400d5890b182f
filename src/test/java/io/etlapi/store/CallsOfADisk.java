package io.etlapi.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A disk that writes down what it is asked for. */
class CallsOfADisk extends ForwardingDisk {

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  CallsOfADisk(Disk real) {
    super(real);
  }

  /** What was asked for, in its order. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public void writeNew(Path file, Content content) throws IOException {
    calls.add("write " + file);
    super.writeNew(file, content);
  }

  @Override
  public void syncFile(Path file) throws IOException {
    calls.add("sync file " + file);
    super.syncFile(file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    calls.add("sync " + folder);
    super.syncFolder(folder);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    calls.add("rename " + from + " " + to);
    super.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    calls.add("delete " + file);
    super.delete(file);
  }
}
