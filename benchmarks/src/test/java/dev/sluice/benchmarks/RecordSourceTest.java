package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The splits hold the same records as the whole, whatever their number, and go on at a mark. */
final class RecordSourceTest {

  private static final String RUN = "RecordSourceTest";
  private static final long KEYS = 50;
  private static final Load LOAD = new Load(Keys.uniform(KEYS), 0, Load.Pace.UNLIMITED);
  private final PipelineOptions options = PipelineOptionsFactory.create();

  @AfterEach
  void forgetRun() {
    RunMeter.forget(RUN);
  }

  private List<String> read(RecordSource source, RecordSource.Position mark, int atMost)
      throws Exception {
    List<String> records = new ArrayList<>();
    try (UnboundedReader<KV<Long, Long>> reader = source.createReader(options, mark)) {
      for (boolean more = reader.start();
          more && records.size() < atMost;
          more = reader.advance()) {
        assertThat(reader.getWatermark()).isLessThanOrEqualTo(reader.getCurrentTimestamp());
        records.add(reader.getCurrent() + "@" + reader.getCurrentTimestamp().getMillis());
      }
    }
    return records;
  }

  @Test
  void hasTheSameRecordsInAnyNumberOfSplits() throws Exception {
    RecordSource whole = new RecordSource(RUN, LOAD, 1_003);
    List<String> records = read(whole, null, Integer.MAX_VALUE);
    List<String> inSplits = new ArrayList<>();
    for (RecordSource split : whole.split(4, options)) {
      inSplits.addAll(read(split, null, Integer.MAX_VALUE));
    }

    assertThat(records).hasSize(1_003);
    assertThat(records.get(0))
        .isEqualTo(KV.of(Records.mix(0) % KEYS, Records.mix(0) & 0xffff) + "@0");
    assertThat(records.get(1_002)).endsWith("@10");
    assertThat(inSplits).containsExactlyInAnyOrderElementsOf(records);
  }

  @Test
  void goesOnWhereItsMarkWasTaken() throws Exception {
    RecordSource split = new RecordSource(RUN, LOAD, 100).split(3, options).get(1);
    UnboundedReader<KV<Long, Long>> reader = split.createReader(options, null);
    reader.start();
    reader.advance();
    RecordSource.Position mark = (RecordSource.Position) reader.getCheckpointMark();
    Coder<RecordSource.Position> coder = split.getCheckpointMarkCoder();

    List<String> rest = read(split, CoderUtils.clone(coder, mark), Integer.MAX_VALUE);

    assertThat(rest).isEqualTo(read(split, null, Integer.MAX_VALUE).subList(2, 33));
  }

  @Test
  void endsSoonAfterItsRunWasStopped() throws Exception {
    RecordSource source = new RecordSource(RUN, LOAD, Long.MAX_VALUE);
    UnboundedReader<KV<Long, Long>> reader = source.createReader(options, null);
    reader.start();
    RunMeter.of(RUN).stop();
    int left = 0;
    while (reader.advance()) {
      left++;
    }

    assertThat(left).isLessThan(2_000);
    assertThat(reader.getWatermark()).isEqualTo(BoundedWindow.TIMESTAMP_MAX_VALUE);
    assertThat(RunMeter.of(RUN).recordsRead()).isEqualTo(left + 1);
  }

  @Test
  void endsEvenIfEachReaderReadsAFewRecordsOnly() throws Exception {
    RecordSource source = new RecordSource(RUN, LOAD, Long.MAX_VALUE);
    read(source, null, 10);
    RunMeter.of(RUN).stop();

    assertThat(read(source, new RecordSource.Position(11), 10)).isEmpty();
  }
}
