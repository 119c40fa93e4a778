package dev.sluice.runner.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasParameterTypes;
import java.io.ObjectInputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;
import java.util.stream.Collectors;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.CoderTranslation;
import org.apache.beam.sdk.util.construction.PCollectionViewTranslation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.apache.beam.sdk.util.construction.RehydratedComponents;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/**
 * A method or constructor that engine packages may not call or refer to: by its owner (a subclass
 * counts too), a pattern for its name, and which of its overloads are meant.
 */
record ForbiddenCall(Class<?> owner, Pattern name, Overloads overloads) {

  /** Which overloads of a name are forbidden. */
  enum Overloads {
    ALL,
    /** Those without arguments: {@code new Random()} is chance, {@code new Random(seed)} is not. */
    WITHOUT_ARGUMENTS,
    /** Those that choose an executor by themselves. */
    WITHOUT_EXECUTOR
  }

  private static final String CONSTRUCTOR = "<init>";

  /** What tells the time of this machine or waits for it. */
  static final List<ForbiddenCall> OF_TIME =
      List.of(
          all(System.class, "currentTimeMillis|nanoTime"),
          all(Thread.class, "sleep"),
          all(TimeUnit.class, "sleep"),
          all(java.time.Instant.class, "now"),
          all(java.time.LocalDate.class, "now"),
          all(java.time.LocalTime.class, "now"),
          all(java.time.LocalDateTime.class, "now"),
          all(java.time.OffsetDateTime.class, "now"),
          all(java.time.ZonedDateTime.class, "now"),
          all(java.time.Clock.class, "system.*|tick.*"),
          withoutArguments(java.util.Date.class, CONSTRUCTOR),
          all(org.joda.time.Instant.class, "now"),
          withoutArguments(org.joda.time.Instant.class, CONSTRUCTOR),
          all(org.joda.time.DateTime.class, "now"),
          withoutArguments(org.joda.time.DateTime.class, CONSTRUCTOR),
          all(org.joda.time.DateTimeUtils.class, "currentTimeMillis"));

  /** What starts a thread, or hands work to threads that nobody named. */
  static final List<ForbiddenCall> OF_THREADS =
      List.of(
          all(Thread.class, CONSTRUCTOR),
          all(Executors.class, ".*"),
          all(ForkJoinPool.class, CONSTRUCTOR + "|commonPool"),
          all(ThreadPoolExecutor.class, CONSTRUCTOR),
          all(Timer.class, CONSTRUCTOR),
          new ForbiddenCall(
              CompletionStage.class, Pattern.compile(".*Async"), Overloads.WITHOUT_EXECUTOR),
          all(Collection.class, "parallelStream"),
          all(BaseStream.class, "parallel"));

  /** What comes out differently in another JVM or run. */
  static final List<ForbiddenCall> OF_CHANCE =
      List.of(
          all(Math.class, "random"),
          withoutArguments(Random.class, CONSTRUCTOR),
          withoutArguments(SplittableRandom.class, CONSTRUCTOR),
          all(ThreadLocalRandom.class, "current"),
          all(java.security.SecureRandom.class, CONSTRUCTOR),
          all(UUID.class, "randomUUID"),
          all(System.class, "identityHashCode"),
          all(Map.class, "copyOf|ofEntries"),
          all(Set.class, "copyOf"),
          all(Collectors.class, "toUnmodifiable(Set|Map)"));

  /** What makes objects of bytes that came from outside, or starts a process. */
  static final List<ForbiddenCall> OF_OPENING =
      List.of(
          all(ObjectInputStream.class, CONSTRUCTOR),
          all(SerializableUtils.class, "deserialize.*"),
          all(RehydratedComponents.class, "forComponents"),
          all(CoderTranslation.class, "fromProto"),
          all(WindowingStrategyTranslation.class, "windowFnFromProto|fromProto"),
          all(ReadTranslation.class, ".*FromProto"),
          all(ParDoTranslation.class, "getDoFn|.*FromProto"),
          all(PCollectionViewTranslation.class, ".*FromProto"),
          all(ProcessBuilder.class, CONSTRUCTOR),
          all(Runtime.class, "exec"));

  private static ForbiddenCall all(Class<?> owner, String name) {
    return new ForbiddenCall(owner, Pattern.compile(name), Overloads.ALL);
  }

  private static ForbiddenCall withoutArguments(Class<?> owner, String name) {
    return new ForbiddenCall(owner, Pattern.compile(name), Overloads.WITHOUT_ARGUMENTS);
  }

  /** Whether an access is one of the given calls. */
  static DescribedPredicate<JavaAccess<?>> isAnyOf(List<ForbiddenCall> calls) {
    return DescribedPredicate.describe(
        "the target is one of " + calls,
        access -> calls.stream().anyMatch(call -> call.matches(access.getTarget())));
  }

  private boolean matches(AccessTarget target) {
    return name.matcher(target.getName()).matches()
        && target.getOwner().isAssignableTo(owner)
        && target instanceof HasParameterTypes callable
        && isMeant(callable.getRawParameterTypes());
  }

  private boolean isMeant(List<JavaClass> parameters) {
    return switch (overloads) {
      case ALL -> true;
      case WITHOUT_ARGUMENTS -> parameters.isEmpty();
      case WITHOUT_EXECUTOR -> parameters.stream().noneMatch(p -> p.isEquivalentTo(Executor.class));
    };
  }

  @Override
  public String toString() {
    return owner.getSimpleName() + "." + name;
  }
}
