package dev.sluice.validatesrunner;

import org.junit.Test;

/** The other class of {@link SuiteRunTest}. */
public class SecondFixture {
  @Test
  public void meetsTheOther() throws Exception {
    SuiteRunTest.meet();
  }
}
