package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * State of twenty times its budget: every value that was written is read again, and the process
 * stays within its heap, a quarter of it for native memory, and 256 MB.
 */
@Timeout(240)
class LargeStateTest {
  private static final int HEAP_MB = 192;
  private static final int BUDGET_MB = 16;
  private static final int VALUE_BYTES = 1_000;
  private static final int KEYS = 20 * (BUDGET_MB << 20) / VALUE_BYTES;
  private static final int LIMIT_MB = HEAP_MB + HEAP_MB / 4 + 256;
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  @Test
  void stateOfTwentyTimesTheBudgetStaysWithinTheLimit(@TempDir Path folder) throws Exception {
    File out = folder.resolve("out.txt").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MB + "m",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    try {
      assertThat(process.waitFor(200, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(out).content().contains("read again " + KEYS);
      assertThat(process.exitValue()).isZero();
      Matcher peak = PEAK.matcher(Files.readString(out.toPath()));
      if (Files.exists(Path.of("/proc/self/status"))) {
        assertThat(peak.find()).isTrue();
        assertThat(Integer.parseInt(peak.group(1)) >> 10).as("MB").isLessThan(LIMIT_MB);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs in the process whose memory is measured. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
      Pipeline pipeline = Pipelines.create();
      SluicePipelineOptions options = pipeline.getOptions().as(SluicePipelineOptions.class);
      options.setStateMemoryMb(BUDGET_MB);
      options.setStreaming(true);
      options.setCheckpointIntervalMs(3_000);
      options.setParallelism(2);
      pipeline
          .apply(GenerateSequence.from(0).to(2L * KEYS))
          .apply(
              MapElements.into(
                      TypeDescriptors.kvs(TypeDescriptors.integers(), TypeDescriptors.longs()))
                  .via(number -> KV.of((int) (number % KEYS), number)))
          .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
          .apply(ParDo.of(new Remember()));
      PipelineResult result = pipeline.run();
      result.waitUntilFinish();
      MetricsFilter again =
          MetricsFilter.builder()
              .addNameFilter(MetricNameFilter.named(Remember.class, "again"))
              .build();
      for (MetricResult<Long> counter : result.metrics().queryMetrics(again).getCounters()) {
        System.out.println("read again " + counter.getAttempted());
      }
      Path status = Path.of("/proc/self/status");
      if (Files.exists(status)) {
        System.out.println(Files.readString(status));
      }
    }
  }

  /** Writes a value for each key, and compares it when the key comes again. */
  private static final class Remember extends DoFn<KV<Integer, Long>, Void> {
    private final Counter again = Metrics.counter(Remember.class, "again");

    @StateId("value")
    private final StateSpec<ValueState<byte[]>> spec = StateSpecs.value(ByteArrayCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element, @StateId("value") ValueState<byte[]> state) {
      byte[] value = state.read();
      if (value == null) {
        byte[] made = new byte[VALUE_BYTES];
        ByteBuffer.wrap(made).putInt(element.getKey()).putInt(VALUE_BYTES - 4, ~element.getKey());
        state.write(made);
      } else {
        ByteBuffer read = ByteBuffer.wrap(value);
        if (read.getInt(0) != element.getKey()
            || read.getInt(VALUE_BYTES - 4) != ~element.getKey()) {
          throw new IllegalStateException("key " + element.getKey() + " has another's value");
        }
        again.inc();
      }
    }
  }
}
