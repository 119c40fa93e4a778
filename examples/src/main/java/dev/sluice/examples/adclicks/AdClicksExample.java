package dev.sluice.examples.adclicks;

import dev.sluice.examples.broker.KafkaBroker;
import dev.sluice.runner.cli.Example;
import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.UserError;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code sluice run ad-clicks}: {@link AdClicks} on a broker that it starts, or on the user's own.
 *
 * <p>Holds the options and decides which broker and topics they mean; {@link AdClicksRun} does the
 * rest.
 */
@Command(
    name = "ad-clicks",
    description = "Count clicks per ad and minute, from Kafka to Kafka (streaming).",
    footer = {
      "",
      "sluice run ad-clicks",
      "sluice run ad-clicks --duration=60 --rate=50000",
      "sluice run ad-clicks --bootstrapServers=localhost:9092 --topic=clicks --produce",
      "",
      "Without options it starts a Kafka broker, produces clicks that come late and",
      "out of order, counts them by event time, checks every count, and removes the",
      "broker again.",
    })
public final class AdClicksExample implements Example {
  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "30",
      converter = Seconds.class,
      description = "How long to produce or to read: 30, 30s or 2m (default: ${DEFAULT-VALUE}).")
  Duration duration;

  @Option(
      names = "--rate",
      paramLabel = "CLICKS",
      defaultValue = "20000",
      description = "Clicks produced per second (default: ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      description =
          "Seconds of event time per second (default: 20, so that 30 s cover 10 minutes;"
              + " 1 for clicks of your own).")
  Double speed;

  @Option(
      names = "--ads",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many different ads (default: ${DEFAULT-VALUE}).")
  int ads;

  @Option(
      names = "--bootstrapServers",
      paramLabel = "HOST:PORT",
      description = "Your own broker, instead of one that is started and removed.")
  String bootstrapServers;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description =
          "The topic with the clicks on your own broker. Values are \"<ad>,<time in ms since"
              + " 1970>\"; others are left out and counted.")
  String topic;

  @Option(
      names = "--resultsTopic",
      paramLabel = "TOPIC",
      description = "Where the counts go (default: <topic>-counts); made if it is not there.")
  String resultsTopic;

  @Option(
      names = "--produce",
      description =
          "Produce clicks into --topic and check the counts. The topic must be new or empty,"
              + " and stays afterwards.")
  boolean produce;

  @Override
  public Pipeline pipeline(PipelineOptions options) {
    String servers = bootstrapServers == null ? "localhost:9092" : bootstrapServers;
    return pipeline(options, topics(servers));
  }

  @Override
  public int run(PipelineOptions options, Screen screen) throws Exception {
    checkOptions();
    if (bootstrapServers != null) {
      return run(options, screen, bootstrapServers, produce, () -> {});
    }
    if (System.getProperty(KafkaBroker.MODULE_PROPERTY) == null) {
      throw new UserError(
          "no Kafka broker here: run this with bin/sluice, or give --bootstrapServers of your own");
    }
    screen.show(List.of("starting a Kafka broker ..."));
    try (KafkaBroker broker = KafkaBroker.start()) {
      return run(options, screen, broker.bootstrapServers(), true, broker::check);
    }
  }

  private int run(
      PipelineOptions options, Screen screen, String servers, boolean producing, Runnable health)
      throws Exception {
    AdClicks.Topics topics = topics(servers);
    Load load = producing ? new Load(rate, ads) : null;
    return new AdClicksRun(topics, duration, load, screen, health).run(pipeline(options, topics));
  }

  private static Pipeline pipeline(PipelineOptions options, AdClicks.Topics topics) {
    Pipeline pipeline = Pipeline.create(options);
    AdClicks.addTo(pipeline, topics);
    return pipeline;
  }

  private AdClicks.Topics topics(String servers) {
    String clicks = topic == null ? "clicks" : topic;
    String counts = resultsTopic == null ? clicks + "-counts" : resultsTopic;
    boolean ownClicks = bootstrapServers != null && !produce;
    double pace = speed != null ? speed : ownClicks ? 1 : 20;
    return new AdClicks.Topics(servers, clicks, counts, pace);
  }

  private void checkOptions() {
    if (bootstrapServers == null && (topic != null || produce)) {
      throw new UserError(
          (topic != null ? "--topic" : "--produce") + " needs --bootstrapServers, your own broker");
    }
    if (bootstrapServers != null && topic == null) {
      throw new UserError("--bootstrapServers needs --topic, the topic with the clicks");
    }
    atLeastOne("--rate", rate);
    atLeastOne("--ads", ads);
    if (speed != null && !(speed > 0)) {
      throw new UserError("--speed=" + speed + ": must be above 0");
    }
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new UserError(option + "=" + value + ": must be at least 1");
    }
  }

  /** Reads {@code 30}, {@code 30s} and {@code 2m}. */
  static final class Seconds implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,6})(s|m|)");

    @Override
    public Duration convert(String value) {
      Matcher matcher = FORM.matcher(value);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'" + value + "' is not a time: give seconds (30 or 30s) or minutes (2m)");
      }
      long number = Long.parseLong(matcher.group(1));
      return matcher.group(2).equals("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
    }
  }
}
