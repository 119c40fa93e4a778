package dev.sluice.runner.architecture.broken.worker;

import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Reaches for the time of the machine in every way that is forbidden. */
@SuppressWarnings("JavaUtilDate") // forbidden by Error Prone, and here on purpose
final class Timekeeper {
  private Timekeeper() {}

  static List<Object> everyClock() {
    LongSupplier byReference = System::nanoTime;
    return List.of(
        byReference,
        java.time.Instant.now(),
        java.time.LocalDate.now(ZoneOffset.UTC),
        java.time.LocalTime.now(ZoneOffset.UTC),
        java.time.LocalDateTime.now(ZoneOffset.UTC),
        java.time.OffsetDateTime.now(ZoneOffset.UTC),
        java.time.ZonedDateTime.now(ZoneOffset.UTC),
        java.time.Clock.systemUTC(),
        new java.util.Date());
  }

  static List<Object> everyJodaClock() {
    return List.of(
        org.joda.time.Instant.now(),
        new org.joda.time.Instant(),
        org.joda.time.DateTime.now(),
        new org.joda.time.DateTime(),
        org.joda.time.DateTimeUtils.currentTimeMillis());
  }

  static void everySleep() throws InterruptedException {
    Thread.sleep(1);
    TimeUnit.SECONDS.sleep(1);
  }
}
