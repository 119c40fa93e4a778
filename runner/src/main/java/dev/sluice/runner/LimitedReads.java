package dev.sluice.runner;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.BoundedReadFromUnboundedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.runners.PTransformOverride;
import org.apache.beam.sdk.runners.PTransformOverrideFactory;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.util.construction.PTransformMatchers;
import org.apache.beam.sdk.util.construction.ReplacementOutputs;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;

/**
 * Has an unbounded source that is read up to a limit read as a source, and not by a DoFn.
 *
 * <p>Beam's own expansion makes up to 100 shards of it, and each of them is one element that a DoFn
 * spends the whole reading time on, mostly asleep: ten seconds become many minutes on a few tasks,
 * without a checkpoint in between. A task reads its splits of a source in turn. Pure but for the
 * pipeline.
 */
final class LimitedReads {
  private LimitedReads() {}

  /** Replaces each such read in {@code pipeline}. */
  static void replaceIn(Pipeline pipeline) {
    pipeline.replaceAll(
        List.of(
            PTransformOverride.of(
                PTransformMatchers.classEqualTo(BoundedReadFromUnboundedSource.class),
                new Factory<>())));
  }

  /** Makes the replacement of one read. Stateless. */
  private static final class Factory<T>
      implements PTransformOverrideFactory<
          PBegin, PCollection<T>, BoundedReadFromUnboundedSource<T>> {
    @Override
    public PTransformReplacement<PBegin, PCollection<T>> getReplacementTransform(
        AppliedPTransform<PBegin, PCollection<T>, BoundedReadFromUnboundedSource<T>> transform) {
      return PTransformReplacement.of(
          transform.getPipeline().begin(), new LimitedRead<>(transform.getTransform()));
    }

    @Override
    public Map<PCollection<?>, ReplacementOutput> mapOutputs(
        Map<TupleTag<?>, PCollection<?>> outputs, PCollection<T> newOutput) {
      return ReplacementOutputs.singleton(outputs, newOutput);
    }
  }

  /** The replacement: a primitive read of a {@link LimitedSource}. Immutable. */
  private static final class LimitedRead<T> extends PTransform<PBegin, PCollection<T>> {
    private static final long serialVersionUID = 1;

    private final LimitedSource<T, ?> source;

    LimitedRead(BoundedReadFromUnboundedSource<T> read) {
      this.source = limited(read);
    }

    @Override
    public PCollection<T> expand(PBegin input) {
      // What few splits have read is spread over all tasks, as Beam's own expansion does.
      return input
          .apply("Read", new SplittableParDo.PrimitiveUnboundedRead<>(Read.from(source)))
          .setIsBoundedInternal(PCollection.IsBounded.BOUNDED)
          .apply("Spread", Reshuffle.viaRandomKey());
    }
  }

  @SuppressWarnings("unchecked") // the type of the read is that of its source
  private static <T> LimitedSource<T, ?> limited(BoundedReadFromUnboundedSource<T> read) {
    Duration maxReadTime = (Duration) valueOf(read, "maxReadTime");
    return new LimitedSource<>(
        (UnboundedSource<T, UnboundedSource.CheckpointMark>) valueOf(read, "source"),
        (Long) valueOf(read, "maxNumRecords"),
        maxReadTime == null ? Long.MAX_VALUE : maxReadTime.getMillis());
  }

  /** Beam has no other way to ask for them. */
  private static Object valueOf(BoundedReadFromUnboundedSource<?> read, String name) {
    try {
      Field field = BoundedReadFromUnboundedSource.class.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(read);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this version of Beam has no field '%s' in %s"
              .formatted(name, BoundedReadFromUnboundedSource.class.getSimpleName()),
          e);
    }
  }
}
