package dev.sluice.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * How long a killed job takes to its first new output: {@code fill <storage>} gives each key of B3
 * its first record, waits for a checkpoint and ends its JVM as a kill would; {@code restart
 * <storage>} starts the same job again and prints one line of JSON. The storage is a folder, or
 * s3://bucket/path with {@code --s3Endpoint}.
 */
public final class RestartTime {
  private static final String JOB = "restart-time";
  private static final Pattern MANIFEST = Pattern.compile("chk-(\\d+)\\.json$");
  private static final Duration LOOK = Duration.ofMillis(5);

  private RestartTime() {}

  /** Runs one of the two. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: fill|restart <storage> [options of the benchmark]");
      System.exit(2);
    }
    StoredFiles storage = StoredFiles.of(args);
    List<String> arguments = new ArrayList<>(Arrays.asList(args).subList(2, args.length));
    arguments.add("--runner=SluiceRunner");
    arguments.add("--checkpointStorage=" + args[1]);
    arguments.add("--eachKeyOnceAtFirst=true");
    BenchmarkOptions options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0]))
            .as(BenchmarkOptions.class);
    options.setJobName(JOB);
    Load load = Load.of(Workload.B3, options);
    PipelineRun run = new PipelineRun(args[0], Workload.B3, load, Long.MAX_VALUE, options);
    if (args[0].equals("fill")) {
      fill(run, storage, options.getKeys());
    } else {
      Map<String, Object> result = restart(run, storage);
      Machine.describe(result, arguments);
      System.out.println(new ObjectMapper().writeValueAsString(result));
    }
    Runtime.getRuntime().halt(0);
  }

  private static void fill(PipelineRun run, StoredFiles storage, long keys) {
    run.awaitFirstRecord();
    while (run.meter().sunk().count() < keys) {
      run.runFor(LOOK);
    }
    // The checkpoint under way may be older than the last key, the one after it is not.
    for (int i = 0; i < 2; i++) {
      long before = lastCompleted(storage);
      while (lastCompleted(storage) <= before) {
        run.runFor(LOOK);
      }
    }
  }

  /** The number of the last checkpoint that has a manifest; 0 if there is none. */
  private static long lastCompleted(StoredFiles storage) {
    try {
      return storage.sizes().keySet().stream()
          .map(name -> MANIFEST.matcher(name))
          .filter(Matcher::find)
          .mapToLong(name -> Long.parseLong(name.group(1)))
          .max()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      // A file went away while the walk was under way.
      return 0;
    }
  }

  private static Map<String, Object> restart(PipelineRun run, StoredFiles storage)
      throws IOException {
    long bytes = storage.sizes().values().stream().mapToLong(Long::longValue).sum();
    while (run.meter().sunk().count() == 0) {
      run.runFor(LOOK);
    }
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", "RestartTime");
    result.put("millisFromProcessStart", System.currentTimeMillis() - started);
    result.put("storedMb", bytes >> 20);
    return result;
  }
}
