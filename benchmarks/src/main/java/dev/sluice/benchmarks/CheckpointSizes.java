package dev.sluice.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * How many bytes checkpoints write when few keys change between them: B3 with a record for each key
 * first, then with one for every hundredth key per checkpoint. Prints one line of JSON.
 */
public final class CheckpointSizes {
  private static final int CHECKPOINTS = 20;
  private static final long INTERVAL_MS = 2_000;
  private static final long DEFAULT_KEYS = 5_000_000;
  private static final int PERCENT = 100;
  private static final Duration LOOK = Duration.ofMillis(20);

  private CheckpointSizes() {}

  /** Runs B3 on Sluice; arguments are options of the benchmark. */
  public static void main(String[] args) throws IOException {
    Path storage = Files.createTempDirectory("checkpoint-sizes");
    List<String> arguments = new ArrayList<>(Arrays.asList(args));
    arguments.add("--runner=SluiceRunner");
    arguments.add("--checkpointStorage=" + storage);
    arguments.add("--checkpointIntervalMs=" + INTERVAL_MS);
    arguments.add("--eachKeyOnceAtFirst=true");
    BenchmarkOptions options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0]))
            .as(BenchmarkOptions.class);
    options.setJobName("checkpoint-sizes");
    if (options.getKeys() == 0) {
      options.setKeys(DEFAULT_KEYS);
    }
    options.setRecordsPerSecond(options.getKeys() / PERCENT * 1_000 / INTERVAL_MS);
    try {
      Map<String, Object> result = run(options, new StorageWatch(storage));
      Machine.describe(result, arguments);
      System.out.println(new ObjectMapper().writeValueAsString(result));
    } finally {
      try (Stream<Path> files = Files.walk(storage)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
    System.exit(0);
  }

  private static Map<String, Object> run(BenchmarkOptions options, StorageWatch watch) {
    Load load = Load.of(Workload.B3, options);
    try (PipelineRun run = new PipelineRun("sizes", Workload.B3, load, Long.MAX_VALUE, options)) {
      run.awaitFirstRecord();
      while (run.meter().sunk().count() < options.getKeys()) {
        look(run, watch);
      }
      // The next checkpoint still holds records of the first part; the full size is known with it.
      long filled = lastEpoch(watch);
      while (lastEpoch(watch) < filled + 1) {
        look(run, watch);
      }
      long first = lastEpoch(watch) + 1;
      while (lastEpoch(watch) < first) {
        look(run, watch);
      }
      long mergedBefore = watch.mergedBytes();
      while (lastEpoch(watch) < first + CHECKPOINTS) {
        look(run, watch);
      }
      return summary(watch, first, watch.mergedBytes() - mergedBefore);
    }
  }

  private static void look(PipelineRun run, StorageWatch watch) {
    run.runFor(LOOK);
    watch.look();
  }

  private static long lastEpoch(StorageWatch watch) {
    return watch.bytesByEpoch().keySet().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static Map<String, Object> summary(StorageWatch watch, long first, long mergedBytes) {
    Map<Long, Long> byEpoch = watch.bytesByEpoch();
    long full = 0;
    long changed = 0;
    List<Long> each = new ArrayList<>();
    for (Map.Entry<Long, Long> epoch : byEpoch.entrySet()) {
      if (epoch.getKey() < first) {
        full += epoch.getValue();
      } else if (epoch.getKey() < first + CHECKPOINTS) {
        changed += epoch.getValue();
        each.add(epoch.getValue());
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "CheckpointSizes");
    result.put("fullBytes", full);
    result.put("checkpoints", each.size());
    result.put("bytesOfEach", each);
    result.put("meanPercentOfFull", percent(changed / (double) each.size(), full));
    result.put("mergedBytes", mergedBytes);
    result.put("merged", watch.merged());
    result.put(
        "meanPercentWithMerged", percent((changed + mergedBytes) / (double) each.size(), full));
    return result;
  }

  private static double percent(double part, long whole) {
    return Math.round(10_000 * part / whole) / 100.0;
  }
}
