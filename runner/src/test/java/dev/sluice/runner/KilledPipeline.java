package dev.sluice.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * The pipeline of the processes that {@link KillTest} kills: counts as {@link Counting} does, says
 * on standard output what was saved and what is wrong, and makes its state large, or exhausts the
 * heap, when it is told to. It ends with its standard input, so with the process that has started
 * it.
 */
final class KilledPipeline {
  /** What its lines begin with; a number follows, of key 0 if it is not large; or what is wrong. */
  static final String FIRST = "first ";

  static final String SAVED = "saved ";
  static final String SAVED_LARGE = "large saved ";
  static final String READ_LARGE = "large read ";
  static final String WRONG = "wrong ";

  /** What it is told. */
  static final String GROW = "grow";

  static final String HOARD = "hoard";

  private static final int KEYS = 10;
  private static final int SELDOM = 1_000;

  /** Of ten keys in two tasks and at most two epochs three are together, in more than one part. */
  private static final int LARGE_BYTES = 3 << 20;

  private static final AtomicBoolean GROWING = new AtomicBoolean();
  private static final AtomicBoolean HOARDING = new AtomicBoolean();
  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  /** The keys of which the large value was found, was written, and is in a checkpoint. */
  private static final Set<Integer> READ = ConcurrentHashMap.newKeySet();

  private static final Set<Integer> WRITTEN = ConcurrentHashMap.newKeySet();
  private static final Set<Integer> KEPT = ConcurrentHashMap.newKeySet();

  private KilledPipeline() {}

  /** Runs it until the process is killed. */
  public static void main(String[] arguments) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments).as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("killed");
    options.setCheckpointIntervalMs(100);
    options.setParallelism(2);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<Integer, Long>> numbers =
        pipeline
            .apply("numbers", GenerateSequence.from(0).withRate(20, Duration.millis(1)))
            .apply(
                "key",
                WithKeys.<Integer, Long>of(number -> (int) (number % KEYS))
                    .withKeyType(TypeDescriptors.integers()))
            .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()));
    numbers.apply("count", ParDo.of(new CountFn()));
    numbers
        .apply(
            "seldom", Filter.by((KV<Integer, Long> element) -> element.getValue() % SELDOM < KEYS))
        .apply("large", ParDo.of(new LargeFn()));
    Thread listener = new Thread(KilledPipeline::listen, "listener");
    listener.setDaemon(true);
    listener.start();
    try {
      pipeline.run().waitUntilFinish();
    } catch (RuntimeException e) {
      e.printStackTrace(System.out);
      Runtime.getRuntime().halt(1);
    }
  }

  private static void listen() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String told = in.readLine(); told != null; told = in.readLine()) {
        (told.equals(HOARD) ? HOARDING : GROWING).set(true);
      }
    } catch (IOException e) {
      e.printStackTrace(System.out);
    }
    Runtime.getRuntime().halt(2);
  }

  private static void say(String beginning, Object what) {
    System.out.println(beginning + what);
  }

  /** Number n is the one with index n / 10 of its key. */
  private static final class CountFn extends DoFn<KV<Integer, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    private transient List<byte[]> hoard;

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("count") ValueState<Long> count,
        BundleFinalizer finalizer) {
      long number = element.getValue();
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      if (HOARDING.get()) {
        hoard();
      }
      if (now != number / KEYS + 1) {
        say(WRONG, "number " + number + " is the " + now + ". of its key");
      }
      if (number % KEYS == 0 && BEGUN.compareAndSet(false, true)) {
        say(FIRST, number);
      }
      if (number % SELDOM == 0) {
        finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> say(SAVED, number));
      }
    }

    private void hoard() {
      if (hoard == null) {
        hoard = new ArrayList<>();
      }
      hoard.add(new byte[100_000]);
    }
  }

  /** Writes much for each key, once; nothing of it can be compressed. */
  private static final class LargeFn extends DoFn<KV<Integer, Long>, Void> {
    @StateId("large")
    private final StateSpec<ValueState<byte[]>> spec = StateSpecs.value(ByteArrayCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("large") ValueState<byte[]> large,
        BundleFinalizer finalizer) {
      int key = element.getKey();
      if (READ.contains(key) || WRITTEN.contains(key)) {
        return;
      }
      byte[] content = new byte[LARGE_BYTES];
      new Random(key).nextBytes(content);
      byte[] before = large.read();
      if (before != null) {
        READ.add(key);
        if (!Arrays.equals(before, content)) {
          say(WRONG, "the large value of key " + key);
        }
        if (READ.size() == KEYS) {
          say(READ_LARGE, element.getValue());
        }
        kept(element);
      } else if (GROWING.get()) {
        large.write(content);
        WRITTEN.add(key);
        finalizer.afterBundleCommit(BoundedWindow.TIMESTAMP_MAX_VALUE, () -> kept(element));
      }
    }

    private static void kept(KV<Integer, Long> element) {
      KEPT.add(element.getKey());
      if (KEPT.size() == KEYS) {
        say(SAVED_LARGE, element.getValue());
      }
    }
  }
}
