package io.etlapi.store;

import io.etlapi.task.Task;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ehcache.Cache;
import org.ehcache.CacheManager;
import org.ehcache.StateTransitionException;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.EntryUnit;
import org.ehcache.config.units.MemoryUnit;
import org.ehcache.core.internal.statistics.DefaultStatisticsService;
import org.ehcache.core.spi.service.StatisticsService;
import org.ehcache.core.statistics.TierStatistics;

/**
 * Records of finished tasks: read ones in a small heap tier, which a poll gets without parsing
 * anything, before a disk tier that survives a clean stop. A kill empties it, which loses nothing.
 * Every entry carries the stamp of the file it was read from, and counts only for that. Whatever
 * goes wrong in it is a miss. Thread-safe.
 */
final class RecordCache implements AutoCloseable {

  /** Larger records are read from their file each time. */
  static final int MAX_RECORD_BYTES = 256 * 1024;

  private static final String NAME = "records";
  private static final String DISK_TIER = "Disk";
  private static final long HEAP_ENTRIES = 128;
  private static final long DISK_MEGABYTES = 256;

  private static final System.Logger LOGGER = System.getLogger(RecordCache.class.getName());

  private final CacheManager manager;
  private final StatisticsService statistics;
  private final Cache<String, KeptRecord> cache;
  private final AtomicBoolean warned = new AtomicBoolean();

  private RecordCache(CacheManager manager, StatisticsService statistics) {
    this.manager = manager;
    this.statistics = statistics;
    this.cache = manager.getCache(NAME, String.class, KeptRecord.class);
  }

  /**
   * Opens the cache, warm if it was closed.
   *
   * @param folder the cache's own: it removes what it does not know in it
   * @throws StoreException if another process has it open
   */
  static RecordCache open(Path folder) {
    try {
      return start(folder);
    } catch (StateTransitionException e) {
      if (isLocked(e)) {
        throw new StoreException(
            "The cache folder of the storage is in use by another process: give each server its own"
                + " TASK_STORAGE_DIR.",
            e);
      }
      LOGGER.log(System.Logger.Level.WARNING, "the cache cannot be read and starts empty", e);
    }
    try {
      empty(folder);
      return start(folder);
    } catch (StateTransitionException | IOException e) {
      throw new StoreException("The cache folder of the storage cannot be used.", e);
    }
  }

  private static RecordCache start(Path folder) {
    StatisticsService statistics = new DefaultStatisticsService();
    CacheManager manager =
        CacheManagerBuilder.newCacheManagerBuilder()
            .using(statistics)
            .with(CacheManagerBuilder.persistence(folder.toFile()))
            .withCache(
                NAME,
                CacheConfigurationBuilder.newCacheConfigurationBuilder(
                        String.class,
                        KeptRecord.class,
                        ResourcePoolsBuilder.newResourcePoolsBuilder()
                            .heap(HEAP_ENTRIES, EntryUnit.ENTRIES)
                            .disk(DISK_MEGABYTES, MemoryUnit.MB, true))
                    .withValueSerializer(new KeptRecordSerializer()))
            .build(true);
    return new RecordCache(manager, statistics);
  }

  private static boolean isLocked(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("locked")) {
        return true;
      }
    }
    return false;
  }

  private static void empty(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        FolderTree.delete(entry);
      }
    }
  }

  /** A finished task, if it was kept and its file has not changed since. */
  Optional<Task> get(TaskId id, FileStamp stamp) {
    KeptRecord kept;
    try {
      kept = cache.get(id.toString());
    } catch (RuntimeException e) {
      missed(e);
      return Optional.empty();
    }
    return kept != null && kept.stamp().equals(stamp) ? Optional.of(kept.task()) : Optional.empty();
  }

  /**
   * Keeps a finished task, unless its record is too large.
   *
   * @param stamp of its file, taken before the task was read from it
   */
  void put(FileStamp stamp, Task task) {
    if (stamp.bytes() > MAX_RECORD_BYTES) {
      return;
    }
    try {
      cache.put(task.id().toString(), new KeptRecord(stamp, task));
    } catch (RuntimeException e) {
      missed(e);
    }
  }

  /** How many records it holds; 0 where that is not known. */
  long entries() {
    try {
      TierStatistics lowest =
          statistics.getCacheStatistics(NAME).getTierStatistics().get(DISK_TIER);
      return lowest == null ? 0 : Math.max(0, lowest.getMappings());
    } catch (RuntimeException e) {
      return 0;
    }
  }

  void remove(TaskId id) {
    try {
      cache.remove(id.toString());
    } catch (RuntimeException e) {
      missed(e);
    }
  }

  private void missed(RuntimeException e) {
    if (warned.compareAndSet(false, true)) {
      LOGGER.log(
          System.Logger.Level.WARNING, "the cache failed; records are read from their files", e);
    }
  }

  /** Makes it warm for the next start. */
  @Override
  public void close() {
    try {
      manager.close();
    } catch (StateTransitionException e) {
      LOGGER.log(System.Logger.Level.WARNING, "the cache will start empty", e);
    }
  }
}
