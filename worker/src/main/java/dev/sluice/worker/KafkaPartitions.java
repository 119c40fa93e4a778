package dev.sluice.worker;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.io.UnboundedSource;
import org.joda.time.Instant;

/**
 * The partitions in a split of KafkaIO's plain read. Beam has no call by which a runner could ask a
 * source what is in its splits, and KafkaIO, which only users bring, keeps this class to itself: it
 * is read by reflection. Pure functions.
 */
final class KafkaPartitions {
  private static final String SOURCE = "org.apache.beam.sdk.io.kafka.KafkaUnboundedSource";

  private KafkaPartitions() {}

  /** Whether it is a read, or a split of one, by KafkaIO. */
  static boolean areIn(Source<?> source) {
    return source.getClass().getName().equals(SOURCE);
  }

  /**
   * The partitions of a split, or those that a user has listed; empty if they are not known yet.
   */
  static List<?> of(Source<?> split) throws ReflectiveOperationException {
    return (List<?>) call(specOf(split), readOf(split).getMethod("getTopicPartitions"));
  }

  /**
   * The same split, to be read from the beginning of its partitions wherever the user wants to
   * begin: what has been written since they were added is as new as they are.
   */
  static UnboundedSource<?, ?> fromBeginning(Source<?> split) throws ReflectiveOperationException {
    Class<?> read = readOf(split);
    Object earliest =
        call(
            specOf(split),
            read.getMethod("withConsumerConfigUpdates", Map.class),
            Map.of("auto.offset.reset", "earliest"));
    Method toBuilder = read.getDeclaredMethod("toBuilder");
    Class<?> builder = toBuilder.getReturnType();
    Object building =
        call(
            call(earliest, toBuilder),
            builder.getDeclaredMethod("setStartReadTime", Instant.class),
            (Object) null);
    Object spec = call(building, builder.getDeclaredMethod("build"));
    Constructor<?> make = split.getClass().getDeclaredConstructor(read, int.class);
    make.setAccessible(true);
    Object number = call(split, split.getClass().getDeclaredMethod("getId"));
    return (UnboundedSource<?, ?>) make.newInstance(spec, number);
  }

  private static Object specOf(Source<?> source) throws ReflectiveOperationException {
    return call(source, source.getClass().getDeclaredMethod("getSpec"));
  }

  private static Class<?> readOf(Source<?> source) throws ReflectiveOperationException {
    return source.getClass().getDeclaredMethod("getSpec").getReturnType();
  }

  private static Object call(Object target, Method method, Object... arguments)
      throws ReflectiveOperationException {
    method.setAccessible(true);
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
