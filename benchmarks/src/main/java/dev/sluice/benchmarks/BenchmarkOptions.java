package dev.sluice.benchmarks;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a benchmark takes beside the options of the runner. */
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
}
