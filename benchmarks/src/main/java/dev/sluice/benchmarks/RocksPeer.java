package dev.sluice.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * What B3 would cost by hand: each thread reads and writes the counts of its keys in a RocksDB of
 * its own, one get and one put for each record, without a write-ahead log and without anything
 * around it. All share one cache. Prints one line of JSON.
 */
public final class RocksPeer {

  /** The options of B3 that matter here, and the memory. */
  public interface PeerOptions extends BenchmarkOptions {
    @Description("Threads, each with a database of its own")
    @Default.Integer(2)
    int getThreads();

    void setThreads(int threads);

    @Description("Megabytes of cached blocks and unwritten entries, for all threads together")
    @Default.Integer(512)
    int getMemoryMb();

    void setMemoryMb(int megabytes);
  }

  private static final int FILTER_BITS = 10;
  private static final int WRITES_FRACTION = 3;
  private static final int PUBLISH_INTERVAL = 256;

  private final PeerOptions options;
  private final Load load;
  private final List<AtomicLong> updates = new ArrayList<>();
  private final Path folder;
  private volatile boolean stopped;

  private RocksPeer(PeerOptions options, Path folder) {
    this.options = options;
    this.load = Load.of(Workload.B3, options);
    this.folder = folder;
  }

  /** Runs and prints. */
  public static void main(String[] args) throws IOException, InterruptedException {
    PeerOptions options = PipelineOptionsFactory.fromArgs(args).as(PeerOptions.class);
    Path folder = Files.createTempDirectory("rocks-peer");
    try {
      Map<String, Object> result = new RocksPeer(options, folder).run();
      Machine.describe(result, Arrays.asList(args));
      System.out.println(new ObjectMapper().writeValueAsString(result));
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private Map<String, Object> run() throws InterruptedException {
    RocksDB.loadLibrary();
    long bytes = (long) options.getMemoryMb() << 20;
    List<Thread> threads = new ArrayList<>();
    Map<String, Object> result = new LinkedHashMap<>();
    try (LRUCache cache = new LRUCache(bytes);
        WriteBufferManager buffers = new WriteBufferManager(bytes / WRITES_FRACTION, cache);
        BloomFilter filter = new BloomFilter(FILTER_BITS, false);
        Options database =
            new Options()
                .setCreateIfMissing(true)
                .setWriteBufferManager(buffers)
                .setAllowConcurrentMemtableWrite(false)
                .setTableFormatConfig(
                    new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setFilterPolicy(filter))) {
      for (int i = 0; i < options.getThreads(); i++) {
        updates.add(new AtomicLong());
        int part = i;
        threads.add(new Thread(() -> count(part, database), "peer:" + i));
      }
      threads.forEach(Thread::start);
      awaitWarmUp();
      long before = updates();
      long started = System.nanoTime();
      long cpuBefore = Machine.cpuNanos();
      Thread.sleep(options.getMeasureSeconds() * 1_000L);
      double seconds = (System.nanoTime() - started) / 1e9;
      long counted = updates() - before;
      long cpuNanos = Machine.cpuNanos() - cpuBefore;
      stopped = true;
      for (Thread thread : threads) {
        thread.join();
      }
      result.put("benchmark", "RocksPeer");
      result.put("recordsPerSecond", Math.round(counted / seconds));
      result.put("cpuNanosPerRecord", cpuNanos / Math.max(1, counted));
      result.put("warmUpRecords", before);
      return result;
    }
  }

  private void awaitWarmUp() throws InterruptedException {
    Thread.sleep(options.getWarmUpSeconds() * 1_000L);
    while (updates() < options.getWarmUpRecords()) {
      Thread.sleep(PUBLISH_INTERVAL);
    }
  }

  private long updates() {
    return updates.stream().mapToLong(AtomicLong::get).sum();
  }

  /** Counts the records whose keys are this part's, as they come in the whole stream. */
  private void count(int part, Options database) {
    long counted = 0;
    Keys keys = load.keys();
    byte[] keyBytes = new byte[Long.BYTES];
    byte[] value = new byte[Math.max(Long.BYTES, load.valueBytes())];
    try (RocksDB db = RocksDB.open(database, folder.resolve("part-" + part).toString());
        ReadOptions reading = new ReadOptions();
        WriteOptions writing = new WriteOptions().setDisableWAL(true)) {
      for (long index = 0; !stopped; index++) {
        long key = keys.key(index, Records.mix(index));
        if (key % options.getThreads() != part) {
          continue;
        }
        ByteBuffer.wrap(keyBytes).putLong(0, key);
        int length = db.get(reading, keyBytes, value);
        byte[] now =
            CountInBytes.next(length == RocksDB.NOT_FOUND ? null : value, key, value.length);
        db.put(writing, keyBytes, now);
        counted++;
        if (counted % PUBLISH_INTERVAL == 0) {
          updates.get(part).lazySet(counted);
        }
      }
    } catch (RocksDBException e) {
      throw new IllegalStateException("RocksDB failed", e);
    }
  }
}
