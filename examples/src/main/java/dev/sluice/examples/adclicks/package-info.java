/**
 * Counts clicks on advertisements by event time, from Kafka to Kafka: {@code sluice run ad-clicks}.
 *
 * <ol>
 *   <li>{@link dev.sluice.examples.adclicks.ClickGenerator} makes clicks that are late and out of
 *       order; {@link dev.sluice.examples.adclicks.ClickProducer} sends them to a topic;
 *   <li>{@link dev.sluice.examples.adclicks.AdClicks} is the pipeline: clicks per ad and minute, to
 *       a second topic;
 *   <li>{@link dev.sluice.examples.adclicks.ResultsReader} reads that topic back into {@link
 *       dev.sluice.examples.adclicks.Results};
 *   <li>{@link dev.sluice.examples.adclicks.LiveView} shows both, and {@link
 *       dev.sluice.examples.adclicks.ClickCheck} compares them at the end.
 * </ol>
 *
 * <p>Generator, results, view and check are plain objects without threads or brokers.
 */
package dev.sluice.examples.adclicks;
