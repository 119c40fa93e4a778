package dev.sluice.examples.adclicks;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The process that {@code sluice chaos} kills: {@link AdClicks} with a sink that writes exactly
 * once. Ends when its standard input does, so that it never outlives who started it.
 */
final class ChaosJob {
  private ChaosJob() {}

  /** Takes the broker, the topics, the speed and the shards, then the options of the pipeline. */
  public static void main(String[] args) {
    Thread watch = new Thread(ChaosJob::awaitEndOfInput, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    AdClicks.Topics topics =
        new AdClicks.Topics(args[0], args[1], args[2], Double.parseDouble(args[3]));
    int shards = Integer.parseInt(args[4]);
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(Arrays.copyOfRange(args, 5, args.length)).create();
    Pipeline pipeline = Pipeline.create(options);
    AdClicks.addExactlyOnceTo(pipeline, topics, shards);
    pipeline.run().waitUntilFinish();
  }

  private static void awaitEndOfInput() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // As good as its end.
      Runtime.getRuntime().halt(1);
    }
    Runtime.getRuntime().halt(1);
  }
}
