package dev.sluice.benchmarks;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a benchmark takes besides the options of the runner. */
public interface BenchmarkOptions extends PipelineOptions {

  @Description("Seconds for which the pipeline runs before anything is measured")
  @Default.Integer(10)
  int getWarmUpSeconds();

  void setWarmUpSeconds(int seconds);

  @Description("Seconds that are measured, unless a number of records is given")
  @Default.Integer(20)
  int getMeasureSeconds();

  void setMeasureSeconds(int seconds);

  @Description(
      "Records to read: measures a pipeline that ends after them, after another one for the"
          + " warm-up; 0 measures for a time")
  @Default.Long(0)
  long getRecords();

  void setRecords(long records);

  @Description("Records to read before anything is measured, beside the seconds of the warm-up")
  @Default.Long(0)
  long getWarmUpRecords();

  void setWarmUpRecords(long records);

  @Description("How many keys there are; 0 for the workload's own number")
  @Default.Long(0)
  long getKeys();

  void setKeys(long keys);

  @Description("How records are spread over the keys: uniform, or zipf with exponent 0.99")
  @Default.String("uniform")
  String getDistribution();

  void setDistribution(String distribution);

  @Description("Bytes of each value in state (B3), at least 8; 0 for a plain number")
  @Default.Integer(0)
  int getValueBytes();

  void setValueBytes(int bytes);

  @Description("Whether the first records have one key each, at full speed")
  boolean isEachKeyOnceAtFirst();

  void setEachKeyOnceAtFirst(boolean eachKeyOnceAtFirst);

  @Description("Records per second of the source, after each key had its first; 0 for no limit")
  @Default.Long(0)
  long getRecordsPerSecond();

  void setRecordsPerSecond(long records);
}
