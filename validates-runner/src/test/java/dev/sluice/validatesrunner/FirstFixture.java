package dev.sluice.validatesrunner;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.fail;

import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.Test;

/** JUnit 4 tests for {@link SuiteRunTest} to run; nothing else discovers them. */
public class FirstFixture {

  @Test
  public void passes() {}

  @Test
  public void fails() {
    fail("as asked");
  }

  @Test
  public void seesStreamingOptions() {
    assertEquals(
        "[\"--runner=SomeRunner\",\"--streaming=true\",\"--x=y\"]",
        System.getProperty(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS));
  }

  @Test
  public void meetsTheOther() throws Exception {
    SuiteRunTest.meet();
  }

  /** Must not run beside {@link NestedTwo}. */
  public static class NestedOne {
    @Test
    public void isAlone() {
      SuiteRunTest.beAlone();
    }
  }

  /** Must not run beside {@link NestedOne}. */
  public static class NestedTwo {
    @Test
    public void isAlone() {
      SuiteRunTest.beAlone();
    }

    @Test
    public void isAloneAgain() {
      SuiteRunTest.beAlone();
    }
  }
}
