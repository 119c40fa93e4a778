package dev.sluice.examples.adclicks;

import dev.sluice.runner.cli.Screen;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * One run of {@code sluice chaos}: produces clicks, kills and restarts the job, lets it finish what
 * is there, and compares what was produced with what is committed in the topic of counts.
 *
 * <p>Used once, by the main thread, to which every field belongs; {@link #close} alone may be
 * called by the thread that ends the JVM. Producer, reader and job are gone when {@link #run}
 * returns or throws.
 */
final class ChaosRun implements AutoCloseable {
  private static final int CLICK_PARTITIONS = 4;
  private static final int SHARDS = 2;
  private static final int ADS = 8;
  private static final long SEED = 20_261_121;

  /** Seconds of event time in a second: a short run still closes many minutes. */
  private static final double SPEED = 20;

  private static final long POLL_MS = 100;
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The counts must stay right for this long: a duplicate would come by then. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** What is read this soon after a kill was written before it. */
  private static final long STILL_OLD_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  /** After the last kill, a job that writes nothing for this long will not write any more. */
  private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(45);

  private final AdClicks.Topics topics;
  private final Plan plan;
  private final Path folder;
  private final Screen screen;
  private final Runnable health;

  private volatile ChaosProcess job;
  private long startedNanos;
  private long panesAtStart;
  private boolean recovering; // started again, and nothing written yet
  private int kills;
  private int recoveries;
  private long longestNanos;
  private long shownNanos;

  /** How long to produce, how often to kill, and how many clicks per second to produce. */
  record Plan(Duration duration, Duration killEvery, int rate) {}

  /**
   * @param folder for checkpoints and the log of the job; the caller deletes it
   * @param health throws if the broker is gone
   */
  ChaosRun(String bootstrapServers, Plan plan, Path folder, Screen screen, Runnable health) {
    this.topics = new AdClicks.Topics(bootstrapServers, "clicks", "counts", SPEED);
    this.plan = plan;
    this.folder = folder;
    this.screen = screen;
    this.health = health;
  }

  /** Runs it and returns the exit code. */
  int run() throws Exception {
    TopicPartitions clicks = new TopicPartitions(topics.clicks(), CLICK_PARTITIONS);
    TopicPartitions counts = new TopicPartitions(topics.counts(), SHARDS);
    try (TopicAdmin admin = TopicAdmin.connect(topics.bootstrapServers())) {
      admin.create(clicks.topic(), clicks.partitions());
      admin.create(counts.topic(), counts.partitions());
    }
    try (ResultsReader reader = new ResultsReader(topics.bootstrapServers(), counts)) {
      reader.start();
      startJob(reader.results());
      ProducedClicks produced = produceAndKill(clicks, reader);
      awaitCounted(produced, reader);
      return report(produced, reader.results());
    } finally {
      close();
    }
  }

  /** Kills the job. */
  @Override
  public void close() {
    if (job != null) {
      job.close();
    }
  }

  private ProducedClicks produceAndKill(TopicPartitions clicks, ResultsReader reader)
      throws Exception {
    long start = System.nanoTime();
    long firstMs =
        Minute.of(System.currentTimeMillis() - (long) (plan.duration().toMillis() * SPEED))
            .startMs();
    ClickProducer producer =
        new ClickProducer(
            topics.bootstrapServers(),
            clicks,
            plan.rate(),
            new ClickGenerator(SEED, ADS, firstMs),
            new EventClock(start, firstMs, SPEED));
    try (producer) {
      producer.start();
      long end = start + plan.duration().toNanos();
      long nextKill = start + plan.killEvery().toNanos();
      while (System.nanoTime() < end) {
        check(producer.failure());
        observe(producer.produced(), reader, phase(start));
        if (System.nanoTime() >= nextKill) {
          job.kill();
          kills++;
          startJob(reader.results());
          recovering = true;
          nextKill += plan.killEvery().toNanos();
        }
      }
      producer.finish();
      check(producer.failure());
    }
    return producer.produced();
  }

  private void startJob(Results results) throws IOException {
    job = ChaosProcess.start(topics, SHARDS, folder);
    startedNanos = System.nanoTime();
    panesAtStart = results.panes();
  }

  /** Waits until every count is right and every minute closed, or nothing comes any more. */
  private void awaitCounted(ProducedClicks produced, ResultsReader reader) throws Exception {
    Results results = reader.results();
    long panes = results.panes();
    long lastPane = System.nanoTime();
    long goodSince = lastPane;
    while (true) {
      observe(produced, reader, "draining");
      long now = System.nanoTime();
      SortedMap<AdMinute, ClickCount> latest = results.latest();
      boolean good =
          ClickCheck.of(produced.counts(), latest, results.repeated()).passed()
              && latest.values().stream().noneMatch(ClickCount::early);
      if (results.panes() != panes) {
        panes = results.panes();
        lastPane = now;
      }
      if (!good) {
        goodSince = now;
      } else if (now - goodSince >= SETTLED_NANOS) {
        return;
      }
      if (now - lastPane > GIVE_UP_NANOS) {
        return;
      }
    }
  }

  /** Looks after everything that runs, shows how it goes, and waits a moment. */
  private void observe(ProducedClicks produced, ResultsReader reader, String phase)
      throws Exception {
    health.run();
    job.check();
    check(reader.failure());
    long now = System.nanoTime();
    Results results = reader.results();
    if (now - startedNanos < STILL_OLD_NANOS) {
      panesAtStart = results.panes();
    } else if (recovering && results.panes() > panesAtStart) {
      recovering = false;
      recoveries++;
      longestNanos = Math.max(longestNanos, now - startedNanos);
    }
    if (screen.redraws() || now - shownNanos >= LINE_NANOS) {
      shownNanos = now;
      screen.show(
          List.of(
              format(
                  "%s: %,d clicks produced, %,d counted, %d kills, %d recoveries%s",
                  phase,
                  produced.total(),
                  results.counted(),
                  kills,
                  recoveries,
                  recovering ? ", recovering" : "")));
    }
    Thread.sleep(POLL_MS);
  }

  private int report(ProducedClicks produced, Results results) {
    SortedMap<AdMinute, ClickCount> latest = results.latest();
    long lost = results.skipped();
    long duplicated = results.repeated().values().stream().mapToLong(Long::longValue).sum();
    SortedMap<AdMinute, Long> truth = produced.counts();
    for (Map.Entry<AdMinute, Long> expected : truth.entrySet()) {
      ClickCount found = latest.get(expected.getKey());
      long missing = expected.getValue() - (found == null ? 0 : found.count());
      lost += Math.max(0, missing);
      duplicated += Math.max(0, -missing);
    }
    for (Map.Entry<AdMinute, ClickCount> found : latest.entrySet()) {
      if (!truth.containsKey(found.getKey())) {
        duplicated += found.getValue().count();
      }
    }
    screen.keep();
    screen.print(format("produced    %,d clicks", produced.total()));
    screen.print(
        format("counted     %,d clicks, in %,d results", results.counted(), results.panes()));
    screen.print(format("lost        %,d", lost));
    screen.print(format("duplicated  %,d", duplicated));
    screen.print(format("kills       %,d", kills));
    screen.print(
        format(
            "recoveries  %,d, the longest %.1f s from start to the first result",
            recoveries, longestNanos / 1e9));
    ClickCheck check = ClickCheck.of(truth, latest, results.repeated());
    check.report().forEach(screen::print);
    return check.passed() && lost == 0 && duplicated == 0 ? 0 : 1;
  }

  private String phase(long startNanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    return seconds + " s of " + plan.duration().toSeconds() + " s";
  }

  private static void check(Exception failure) throws Exception {
    if (failure != null) {
      throw failure;
    }
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
