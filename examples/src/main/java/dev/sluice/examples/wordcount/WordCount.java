package dev.sluice.examples.wordcount;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/**
 * Text files in, {@code "count word"} lines out: a bounded pipeline.
 *
 * <p>A word is what {@code tr -s '[:space:]' '\n'} makes one: characters without a space, tab, line
 * feed, vertical tab, form feed or carriage return between them. Case and punctuation count.
 */
public final class WordCount {
  static final String WORDS = "words";
  static final String DISTINCT_WORDS = "distinct-words";

  private WordCount() {}

  /**
   * Adds the transforms to a pipeline.
   *
   * @param input a file or a glob, on any file system that Beam knows
   * @param outputPrefix the files written are named {@code <prefix>-00000-of-00003}
   */
  public static void addTo(Pipeline pipeline, String input, String outputPrefix) {
    pipeline
        .apply("Read lines", TextIO.read().from(input))
        .apply("Split into words", ParDo.of(new SplitIntoWords()))
        .apply("Count words", Count.perElement())
        .apply("Format", ParDo.of(new Format()))
        .apply("Write counts", TextIO.write().to(outputPrefix));
  }

  /** One line to its words. */
  static final class SplitIntoWords extends DoFn<String, String> {
    private final Counter words = Metrics.counter(WordCount.class, WORDS);

    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> out) {
      int start = -1;
      for (int i = 0; i <= line.length(); i++) {
        boolean inWord = i < line.length() && !isSpace(line.charAt(i));
        if (inWord && start < 0) {
          start = i;
        } else if (!inWord && start >= 0) {
          out.output(line.substring(start, i));
          words.inc();
          start = -1;
        }
      }
    }

    private static boolean isSpace(char c) {
      return c == ' ' || (c >= '\t' && c <= '\r');
    }
  }

  /** A word and its count to the line that {@code uniq -c} prints, without its padding. */
  static final class Format extends DoFn<KV<String, Long>, String> {
    private final Counter distinctWords = Metrics.counter(WordCount.class, DISTINCT_WORDS);

    @ProcessElement
    public void process(@Element KV<String, Long> count, OutputReceiver<String> out) {
      distinctWords.inc();
      out.output(count.getValue() + " " + count.getKey());
    }
  }
}
