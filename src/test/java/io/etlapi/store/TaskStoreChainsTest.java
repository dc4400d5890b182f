package io.etlapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is done to tasks in whatever order, the store says what a plain map would say. */
class TaskStoreChainsTest {

  @Provide
  Arbitrary<List<TaskChain.Step>> chains() {
    return TaskChain.chains();
  }

  /** The fault suite runs ten thousand more. */
  @Property(tries = 300, seed = "20260301")
  void aChainOfChangesLeavesWhatItWouldLeaveInAMap(@ForAll("chains") List<TaskChain.Step> chain)
      throws IOException {
    Path folder = Files.createTempDirectory("task-store");
    try {
      TaskChain.run(chain, folder);
    } finally {
      FolderTree.delete(folder);
    }
  }
}
