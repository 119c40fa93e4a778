package dev.sluice.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Runs one workload on one Beam runner and prints one line of JSON: {@code B1 --runner=SluiceRunner
 * --parallelism=2}. Exits with 1 if the run failed or its answer was wrong, with 2 if it was not
 * understood.
 */
public final class Benchmark {

  private static final String PARALLELISM = "2";

  private final Workload workload;
  private final Load load;
  private final List<String> arguments;
  private final BenchmarkOptions options;

  private Benchmark(Workload workload, List<String> arguments) {
    this.workload = workload;
    this.arguments = arguments;
    this.options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0]))
            .withValidation()
            .as(BenchmarkOptions.class);
    this.load = Load.of(workload, options);
    options.setJobName("benchmark-" + workload.name().toLowerCase(Locale.ROOT));
  }

  /** Runs and ends the JVM, whatever threads the runner has left behind. */
  public static void main(String[] args) throws JsonProcessingException {
    Benchmark benchmark = null;
    try {
      if (args.length == 0) {
        throw new IllegalArgumentException("a workload is missing");
      }
      List<String> rest = Arrays.asList(args).subList(1, args.length);
      benchmark = new Benchmark(Workload.named(args[0]), withParallelism(rest));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(
          "usage: %s --runner=<a Beam runner> [--warmUpSeconds=10] [--measureSeconds=20]"
                  .formatted(Arrays.toString(Workload.values()))
              + " [--records=<number>] [options of the runner]");
      System.exit(2);
    }
    Map<String, Object> result = benchmark.run();
    System.out.println(new ObjectMapper().writeValueAsString(result));
    System.exit(Boolean.TRUE.equals(result.get("correct")) ? 0 : 1);
  }

  /** The same parallelism for every runner, by the name that its option has there. */
  private static List<String> withParallelism(List<String> arguments) {
    boolean direct = arguments.contains("--runner=DirectRunner");
    String option = direct ? "--targetParallelism=" : "--parallelism=";
    List<String> all = new ArrayList<>(arguments);
    if (arguments.stream().noneMatch(argument -> argument.startsWith(option))) {
      all.add(option + PARALLELISM);
    }
    return all;
  }

  private Map<String, Object> run() {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("benchmark", workload.name());
    result.put("runner", options.getRunner().getSimpleName());
    if (options.getRecords() > 0) {
      measureRecords(result);
    } else {
      measureTime(result);
    }
    Machine.describe(result, arguments);
    return result;
  }

  /** One pipeline: some seconds to warm up, some that count, and then its end. */
  private void measureTime(Map<String, Object> result) {
    try (PipelineRun run = new PipelineRun("timed", workload, load, Long.MAX_VALUE, options)) {
      run.awaitFirstRecord();
      run.runUntil(options.getWarmUpRecords());
      PipelineRun.Moment start = run.runFor(Duration.ofSeconds(options.getWarmUpSeconds()));
      PipelineRun.Moment end = run.runFor(Duration.ofSeconds(options.getMeasureSeconds()));
      run.meter().stop();
      PipelineRun.Moment drained = run.awaitEnd();
      putRate(result, end.records() - start.records(), (end.nanos() - start.nanos()) / 1e9);
      putCpu(result, start, end);
      putAllocation(result, start, end, run);
      result.put("drainSeconds", round((drained.nanos() - end.nanos()) / 1e9));
      putAnswer(result, run);
    }
  }

  /** Two pipelines: one for the warm-up, one that reads exactly the records that count. */
  private void measureRecords(Map<String, Object> result) {
    if (options.getWarmUpSeconds() > 0) {
      try (PipelineRun run = new PipelineRun("warm-up", workload, load, Long.MAX_VALUE, options)) {
        run.awaitFirstRecord();
        run.runFor(Duration.ofSeconds(options.getWarmUpSeconds()));
        run.meter().stop();
        run.awaitEnd();
      }
    }
    try (PipelineRun run =
        new PipelineRun("counted", workload, load, options.getRecords(), options)) {
      PipelineRun.Moment start = run.now();
      PipelineRun.Moment end = run.awaitEnd();
      putRate(result, options.getRecords(), run.meter().activeSeconds());
      putCpu(result, start, end);
      putAllocation(result, start, end, run);
      putAnswer(result, run);
    }
  }

  private static void putRate(Map<String, Object> result, long records, double seconds) {
    result.put("recordsPerSecond", Math.round(records / seconds));
    result.put("records", records);
    result.put("seconds", round(seconds));
  }

  private static void putCpu(
      Map<String, Object> result, PipelineRun.Moment start, PipelineRun.Moment end) {
    long records = Math.max(1, end.records() - start.records());
    result.put(
        "cpuNanosPerRecord", Math.round((double) (end.cpuNanos() - start.cpuNanos()) / records));
  }

  private void putAllocation(
      Map<String, Object> result,
      PipelineRun.Moment start,
      PipelineRun.Moment end,
      PipelineRun run) {
    int splits = run.meter().recordsBySplit().length;
    double all =
        (double) (end.allocatedBytes() - start.allocatedBytes())
            / Math.max(1, end.records() - start.records());
    double source = new SourceBaseline().bytesPerRecord(load, splits, options);
    result.put("allocatedBytesPerRecord", round(all));
    result.put("sourceBytesPerRecord", round(source));
    result.put("otherBytesPerRecord", round(all - source));
    result.put("splits", splits);
  }

  private void putAnswer(Map<String, Object> result, PipelineRun run) {
    long[] bySplit = run.meter().recordsBySplit();
    Answer expected = workload.expected(bySplit, load);
    Answer seen = run.meter().sunk();
    result.put("outputCount", seen.count());
    result.put("outputSum", seen.sum());
    result.put("correct", seen.equals(expected));
    if (!seen.equals(expected)) {
      result.put("expectedCount", expected.count());
      result.put("expectedSum", expected.sum());
    }
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
