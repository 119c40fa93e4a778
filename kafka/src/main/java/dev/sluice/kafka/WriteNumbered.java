package dev.sluice.kafka;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Lineage;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes numbered records to Kafka, a transaction (or several) for each shard and bundle.
 *
 * <p>Owned by one task. The truth about how far a shard has come is in Kafka, committed with its
 * records; state only tells when that truth has been deleted. What a task writes here it writes
 * again, identically, if it fails before the next checkpoint: its input is stable.
 */
final class WriteNumbered<K, V> extends DoFn<KV<Integer, Numbered<ProducerRecord<K, V>>>, Void> {
  private final ShardWriter.Settings<K, V> settings;
  private transient Map<Integer, ShardWriter<K, V>> writers;

  @StateId("next")
  private final StateSpec<ValueState<Long>> nextSpec = StateSpecs.value(VarLongCoder.of());

  WriteNumbered(ShardWriter.Settings<K, V> settings) {
    this.settings = settings;
  }

  @Setup
  public void setup() {
    writers = new TreeMap<>();
  }

  @RequiresStableInput
  @ProcessElement
  public void process(
      @Element KV<Integer, Numbered<ProducerRecord<K, V>>> element,
      @StateId("next") ValueState<Long> next) {
    ShardWriter<K, V> writer = writers.get(element.getKey());
    if (writer == null) {
      Long written = next.read();
      writer = ShardWriter.open(settings, element.getKey(), written == null ? 0 : written);
      writers.put(element.getKey(), writer);
      Lineage.getSinks().add("kafka", List.of(settings.servers(), settings.topic()));
    }
    writer.write(element.getValue());
    next.write(element.getValue().number() + 1);
  }

  @FinishBundle
  public void finishBundle() {
    writers.values().forEach(ShardWriter::commit);
  }

  @Teardown
  public void teardown() {
    writers.values().forEach(ShardWriter::close);
    writers.clear();
  }
}
