package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Failure;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * User code that wants more memory than there is, in a process with a small heap: an exhausted heap
 * ends all jobs, one array that is too large only its own, and the process can go on or end.
 */
@Timeout(330)
class SmallHeapTest {
  private static final String RIGHT = "all is right";
  private static final int LIMIT_SECONDS = 300;

  @TempDir Path temp;

  /** What user code does. */
  enum Case {
    KEPT_IN_A_DO_FN {
      @Override
      void run() {
        Failure failure = failureOf("Hoards", new Hoard(false));
        check(failure.kind().name().equals("HEAP_EXHAUSTED"), failure);
        checkNamesTheHoarder(failure);
        check(failure.kind().cure().contains("SLUICE_JVM_OPTIONS"), failure);
        // It is gone with the job.
        check(
            Pipelines.counting().run().waitUntilFinish() == PipelineResult.State.DONE,
            "the next job");
      }
    },
    KEPT_FOR_EVER {
      @Override
      void run() {
        Failure failure = failureOf("Hoards", new Hoard(true));
        check(failure.kind().name().equals("HEAP_EXHAUSTED"), failure);
        checkNamesTheHoarder(failure);
      }
    },
    BESIDE_A_NEIGHBOUR {
      @Override
      void run() {
        PipelineResult neighbour = Pipelines.endless().run();
        // Which of the two allocates more is open, and so who is named.
        Failure failure = failureOf("Hoards", new Hoard(false));
        check(failure.kind().name().equals("HEAP_EXHAUSTED"), failure);
        try {
          neighbour.waitUntilFinish();
          check(false, "the neighbour has ended well");
        } catch (JobFailedException e) {
          check(e.failure().kind().name().equals("HEAP_EXHAUSTED"), e.failure());
          check(e.failure().transform().equals(failure.transform()), e.failure());
        }
      }
    },
    ONE_ARRAY {
      @Override
      void run() throws Exception {
        Pipeline pipeline = Pipelines.create();
        pipeline.apply(GenerateSequence.from(0)).apply(ParDo.of(new Signal()));
        PipelineResult neighbour = pipeline.run();
        for (int length : List.of(Integer.MAX_VALUE, Integer.MAX_VALUE / 2)) {
          Failure failure = failureOf("Takes", new TooLarge(length));
          check(failure.kind().name().equals("USER_CODE"), failure);
          check(failure.transform().startsWith("Takes/"), failure);
          check(failure.message().startsWith("java.lang.OutOfMemoryError"), failure);
        }
        Signal.next = new CountDownLatch(1);
        check(Signal.next.await(60, TimeUnit.SECONDS), "the neighbour works on");
        check(neighbour.getState() == PipelineResult.State.RUNNING, neighbour.getState());
        neighbour.cancel();
      }
    };

    abstract void run() throws Exception;
  }

  /**
   * The task that allocated most is told apart from others; within it, the transform at work when
   * memory ran out may be one that is fused with the hoarder.
   */
  private static void checkNamesTheHoarder(Failure failure) {
    check(failure.where().contains("/s1/"), failure);
    check(
        Stream.of("Hoards/", "GenerateSequence", "Combine.globally(Count)/")
            .anyMatch(failure.transform()::startsWith),
        failure);
  }

  private static void check(boolean right, Object what) {
    if (!right) {
      throw new AssertionError(what);
    }
  }

  private static Failure failureOf(String name, DoFn<Long, Long> fn) {
    Pipeline pipeline = Pipelines.create("--parallelism=2");
    pipeline
        .apply(GenerateSequence.from(0).to(100_000))
        .apply(name, ParDo.of(fn))
        .apply(Count.globally());
    try {
      pipeline.run().waitUntilFinish();
    } catch (JobFailedException e) {
      return e.failure();
    }
    throw new AssertionError("the job has not failed");
  }

  @ParameterizedTest
  @EnumSource
  void endsRight(Case what) throws Exception {
    File out = temp.resolve(what + ".txt").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                what.name())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    try {
      boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertThat(Files.readString(out.toPath())).contains(RIGHT);
      assertThat(ended).as("the process has ended by itself").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs in the process with the small heap. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      Case.valueOf(arguments[0]).run();
      Threads.awaitNoneOfJobs();
      System.out.println(RIGHT);
    }
  }

  static final class Hoard extends DoFn<Long, Long> {
    private static final List<byte[]> FOR_EVER = new ArrayList<>();

    private final boolean forEver;
    private transient List<byte[]> mine;

    Hoard(boolean forEver) {
      this.forEver = forEver;
    }

    @Setup
    public void setUp() {
      mine = new ArrayList<>();
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      byte[] more = new byte[20_000];
      if (forEver) {
        synchronized (FOR_EVER) {
          FOR_EVER.add(more);
        }
      } else {
        mine.add(more);
      }
      out.output(element);
    }
  }

  static final class TooLarge extends DoFn<Long, Long> {
    private final int length;
    private transient long[] taken;

    TooLarge(int length) {
      this.length = length;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      if (element == 500) {
        taken = new long[length];
      }
      out.output(element + (taken == null ? 0 : taken.length));
    }
  }

  static final class Signal extends DoFn<Long, Long> {
    private static volatile CountDownLatch next = new CountDownLatch(1);

    @ProcessElement
    public void process() {
      next.countDown();
    }
  }
}
