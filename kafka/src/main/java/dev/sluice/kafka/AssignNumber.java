package dev.sluice.kafka;

import java.util.UUID;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Numbers the records of each shard, and draws the name of the shard's writer when its first record
 * comes.
 *
 * <p>Both are state, and both travel with each record: by the time a record reaches the broker, a
 * completed checkpoint explains it. Drawing the name where the records are written would leave a
 * name in Kafka that no checkpoint knows, if a crash came between the first transaction and the
 * next checkpoint.
 */
final class AssignNumber<T> extends DoFn<KV<Integer, T>, KV<Integer, Numbered<T>>> {
  @StateId("writer")
  private final StateSpec<ValueState<String>> writerSpec = StateSpecs.value(StringUtf8Coder.of());

  @StateId("next")
  private final StateSpec<ValueState<Long>> nextSpec = StateSpecs.value(VarLongCoder.of());

  @ProcessElement
  public void process(
      @Element KV<Integer, T> element,
      @StateId("writer") ValueState<String> writer,
      @StateId("next") ValueState<Long> next,
      OutputReceiver<KV<Integer, Numbered<T>>> out) {
    String name = writer.read();
    if (name == null) {
      name = UUID.randomUUID().toString();
      writer.write(name);
    }
    Long number = next.read();
    long mine = number == null ? 0 : number;
    next.write(mine + 1);
    out.output(KV.of(element.getKey(), new Numbered<>(name, mine, element.getValue())));
  }
}
