package dev.sluice.examples.adclicks;

import java.util.Comparator;

/**
 * What is counted: the clicks on one ad in one minute of event time. Ordered by minute, then ad.
 */
record AdMinute(String ad, Minute minute) implements Comparable<AdMinute> {
  private static final Comparator<AdMinute> ORDER =
      Comparator.comparing(AdMinute::minute).thenComparing(AdMinute::ad);

  @Override
  public int compareTo(AdMinute other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return ad + " at " + minute;
  }
}
