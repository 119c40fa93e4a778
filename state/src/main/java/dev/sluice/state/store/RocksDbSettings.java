package dev.sluice.state.store;

import java.nio.file.Path;
import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBufferManager;

/**
 * How every RocksDB of a worker is set up, and the native memory that they share.
 *
 * <p>Owned by {@link RocksDbStores}; made when the first database is opened. One cache holds
 * blocks, indexes and filters, and is charged for what is not yet in files, of which there may be a
 * third of it. Set for reads of single keys: a filter of ten bits for each key (also for what is
 * not yet in files), a hash index in each block of 4 KB. Measured with 5,000,000 keys of 100 bytes
 * in 256 MB: one read and write of random keys takes 7.6 microseconds; blocks of 8 KB would take
 * 25% more, no hash index 15%, no filter over what is in memory 13%. LZ4 takes 30% more processor
 * time even if for the last level only, so nothing is compressed: files are scratch, and what of
 * them is read often is in the system's cache.
 *
 * <p>The cache has no strict limit: when everything in it is in use, RocksDB would turn such a
 * limit into reads and compactions that fail ("Insert failed due to LRU cache being full") instead
 * of waiting. What is in use at once is the third for writes and a block for each running read, so
 * the cache stays within its size without it.
 */
final class RocksDbSettings implements AutoCloseable {
  static final long LEAST_NATIVE_BYTES = 8L << 20;

  private static final int WRITES_FRACTION = 3;
  private static final int BUFFERS = 4;
  private static final long LARGEST_BUFFER = 64L << 20;
  private static final long LEAST_BUFFER = 1L << 20;
  private static final long FILE_BYTES = 64L << 20;
  private static final int BACKGROUND_JOBS = 2;
  private static final int FILTER_BITS = 10;
  private static final int SHARD_BITS = 4;
  private static final long LEAST_SHARD = 4L << 20;
  private static final double HIGH_PRIORITY = 0.5;

  private final Cache cache;
  private final WriteBufferManager writeBuffers;
  private final BloomFilter filter;
  private final ColumnFamilyOptions tableOptions;
  private final DBOptions databaseOptions;
  private final Options options;

  RocksDbSettings(long nativeBytes) {
    long bytes = Math.max(LEAST_NATIVE_BYTES, nativeBytes);
    long writeBytes = bytes / WRITES_FRACTION;
    cache = new LRUCache(bytes, shardBits(bytes), false, HIGH_PRIORITY);
    writeBuffers = new WriteBufferManager(writeBytes, cache);
    filter = new BloomFilter(FILTER_BITS, false);
    tableOptions =
        tableOptions(Math.max(LEAST_BUFFER, Math.min(LARGEST_BUFFER, writeBytes / BUFFERS)));
    databaseOptions = databaseOptions();
    options = new Options(databaseOptions, tableOptions);
  }

  /** Opens a database; its folder is made if it is missing. */
  RocksDB open(Path folder) throws RocksDBException {
    return RocksDB.open(options, folder.toString());
  }

  private static int shardBits(long bytes) {
    int bits = 0;
    while (bits < SHARD_BITS && bytes >> (bits + 1) >= LEAST_SHARD) {
      bits++;
    }
    return bits;
  }

  private ColumnFamilyOptions tableOptions(long bufferBytes) {
    Properties withoutSetters = new Properties();
    withoutSetters.setProperty("memtable_whole_key_filtering", "true");
    withoutSetters.setProperty("memtable_prefix_bloom_size_ratio", "0.05");
    withoutSetters.setProperty("memtable_max_range_deletions", "256");
    return ColumnFamilyOptions.getColumnFamilyOptionsFromProps(withoutSetters)
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFilterPolicy(filter)
                .setWholeKeyFiltering(true)
                .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash))
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setLevelCompactionDynamicLevelBytes(true)
        .setTargetFileSizeBase(FILE_BYTES)
        .setWriteBufferSize(bufferBytes)
        .setMaxWriteBufferNumber(BUFFERS);
  }

  private DBOptions databaseOptions() {
    Env env = Env.getDefault();
    env.incBackgroundThreadsIfNeeded(BACKGROUND_JOBS, Priority.LOW);
    env.incBackgroundThreadsIfNeeded(1, Priority.HIGH);
    return new DBOptions()
        .setCreateIfMissing(true)
        .setErrorIfExists(true)
        .setEnv(env)
        .setWriteBufferManager(writeBuffers)
        .setMaxBackgroundJobs(BACKGROUND_JOBS)
        .setAllowConcurrentMemtableWrite(false)
        .setAvoidFlushDuringShutdown(true)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setInfoLogLevel(InfoLogLevel.HEADER_LEVEL)
        .setKeepLogFileNum(1);
  }

  @Override
  public void close() {
    options.close();
    databaseOptions.close();
    tableOptions.close();
    filter.close();
    writeBuffers.close();
    cache.close();
  }
}
