package dev.sluice.examples.adclicks;

import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;

/**
 * One run of {@link AdClicks} from topics to verdict: makes the topics, runs the job, produces
 * clicks if asked to, shows how it goes, waits until everything produced is counted, and checks the
 * counts.
 *
 * <p>Used once, by the main thread. Job, producer and reader are gone when {@link #run} returns or
 * throws.
 */
final class AdClicksRun {
  private static final int CLICK_PARTITIONS = 4;
  private static final int COUNT_PARTITIONS = 1;
  private static final long REDRAW_MS = 200;
  private static final long LINE_MS = 1_000;
  private static final long SEED = 20_261_121;

  /** The counts must stay right for this long: a pane that comes too often would come by then. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After the last click, a pipeline that writes nothing for this long will not write any more. */
  private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final AdClicks.Topics topics;
  private final Duration duration;
  private final Load load; // null: somebody else produces
  private final Screen screen;
  private final Runnable health;
  private final LiveView view;
  private final Meter sentMeter = new Meter();
  private final Meter countedMeter = new Meter();

  /**
   * @param load what to produce, or null if somebody else does
   * @param health throws if the broker is gone
   */
  AdClicksRun(
      AdClicks.Topics topics, Duration duration, Load load, Screen screen, Runnable health) {
    this.topics = topics;
    this.duration = duration;
    this.load = load;
    this.screen = screen;
    this.health = health;
    this.view = new LiveView("ad-clicks on Kafka at " + topics.bootstrapServers());
  }

  /** Runs it and returns the exit code. */
  int run(Pipeline pipeline) throws Exception {
    try (TopicAdmin admin = TopicAdmin.connect(topics.bootstrapServers())) {
      TopicPartitions clicks = clicksTopic(admin);
      TopicPartitions counts = made(admin, topics.counts(), COUNT_PARTITIONS);
      try (ResultsReader reader = new ResultsReader(topics.bootstrapServers(), counts);
          RunningJob job = RunningJob.start(pipeline)) {
        reader.start();
        return load == null ? watch(admin, reader, job) : produceAndCheck(clicks, reader, job);
      }
    }
  }

  /** The topic with the clicks: it is there if somebody else produces, and empty if we do. */
  private TopicPartitions clicksTopic(TopicAdmin admin) throws InterruptedException {
    String topic = topics.clicks();
    boolean exists = admin.partitions(topic).isPresent();
    if (load == null && !exists) {
      throw new UserError(
          "--topic=" + topic + ": there is no such topic at " + topics.bootstrapServers());
    }
    if (load != null && exists && admin.records(topic) > 0) {
      throw new UserError(
          "--topic="
              + topic
              + ": --produce needs a topic that is new or empty, or old clicks would be counted too");
    }
    return made(admin, topic, CLICK_PARTITIONS);
  }

  /** A topic, created with this number of partitions unless it exists. */
  private static TopicPartitions made(TopicAdmin admin, String topic, int partitions)
      throws InterruptedException {
    Optional<Integer> existing = admin.partitions(topic);
    if (existing.isEmpty()) {
      admin.create(topic, partitions);
    }
    return new TopicPartitions(topic, existing.orElse(partitions));
  }

  /** Shows what the job makes of clicks that somebody else produces. */
  private int watch(TopicAdmin admin, ResultsReader reader, RunningJob job) throws Exception {
    long start = System.nanoTime();
    while (System.nanoTime() - start < duration.toNanos()) {
      check(job, reader);
      show(phase(start), admin.records(topics.clicks()), Long.MIN_VALUE, reader.results());
      pause();
    }
    screen.keep();
    Results results = reader.results();
    if (!screen.redraws()) {
      screen.show(view.table(results.latest()));
    }
    screen.print(
        format(
            "%,d clicks counted, in %,d results in topic %s",
            results.counted(), results.panes(), topics.counts()));
    printUnreadable(job);
    return 0;
  }

  private int produceAndCheck(TopicPartitions clicks, ResultsReader reader, RunningJob job)
      throws Exception {
    Results results = reader.results();
    long start = System.nanoTime();
    long firstMs =
        Minute.of(System.currentTimeMillis() - (long) (duration.toMillis() * topics.speed()))
            .startMs();
    ClickProducer producer =
        new ClickProducer(
            topics.bootstrapServers(),
            clicks,
            load.clicksPerSecond(),
            new ClickGenerator(SEED, load.ads(), firstMs),
            new EventClock(start, firstMs, topics.speed()));
    ProducedClicks produced = producer.produced();
    try (producer) {
      producer.start();
      while (System.nanoTime() - start < duration.toNanos()) {
        check(job, reader);
        check(producer.failure());
        show(phase(start), produced.total(), produced.newestMs(), results);
        pause();
      }
      producer.finish();
      check(producer.failure());
    }
    awaitCounted(produced, reader, job);
    if (screen.redraws()) {
      show("done", produced.total(), produced.newestMs(), results);
    }
    screen.keep();
    screen.print(
        format(
            "%,d clicks produced, %,d of them out of order, %,d more than %d s late",
            produced.total(),
            produced.outOfOrder(),
            produced.late(),
            ClickGenerator.DISORDER_MS / 1_000));
    printUnreadable(job);
    ClickCheck check = ClickCheck.of(produced.counts(), results.latest(), results.repeated());
    check.report().forEach(screen::print);
    return check.passed() ? 0 : 1;
  }

  /** Waits until every count is right and every minute closed, or nothing comes any more. */
  private void awaitCounted(ProducedClicks produced, ResultsReader reader, RunningJob job)
      throws Exception {
    Results results = reader.results();
    long panes = results.panes();
    long lastPane = System.nanoTime();
    long goodSince = Long.MIN_VALUE;
    while (true) {
      check(job, reader);
      show("waiting for the last counts", produced.total(), produced.newestMs(), results);
      long now = System.nanoTime();
      SortedMap<AdMinute, ClickCount> latest = results.latest();
      boolean good =
          ClickCheck.of(produced.counts(), latest, results.repeated()).passed()
              && latest.values().stream().noneMatch(ClickCount::early);
      if (!good) {
        goodSince = Long.MIN_VALUE;
      } else if (goodSince == Long.MIN_VALUE) {
        goodSince = now;
      } else if (now - goodSince >= SETTLED_NANOS) {
        return;
      }
      if (results.panes() != panes) {
        panes = results.panes();
        lastPane = now;
      } else if (now - lastPane > GIVE_UP_NANOS) {
        return;
      }
      pause();
    }
  }

  private void show(String phase, long sent, long newestMs, Results results) {
    long now = System.nanoTime();
    Progress progress =
        new Progress(
            phase,
            sent,
            sentMeter.perSecond(now, sent),
            results.counted(),
            countedMeter.perSecond(now, results.counted()),
            newestMs,
            results.closedUntilMs(),
            results.latest());
    screen.show(screen.redraws() ? view.lines(progress) : List.of(view.line(progress)));
  }

  private void printUnreadable(RunningJob job) {
    long unreadable = job.unreadable();
    if (unreadable > 0) {
      screen.print(format("%,d records were no clicks and were left out", unreadable));
    }
  }

  private String phase(long startNanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    return seconds + " s of " + duration.toSeconds() + " s";
  }

  private void pause() throws InterruptedException {
    Thread.sleep(screen.redraws() ? REDRAW_MS : LINE_MS);
  }

  private void check(RunningJob job, ResultsReader reader) throws Exception {
    health.run();
    job.check();
    check(reader.failure());
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
