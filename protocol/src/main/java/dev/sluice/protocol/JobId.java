package dev.sluice.protocol;

import java.io.Serializable;

/**
 * Names one run of one job, such as {@code wordcount-7}; unique among the jobs a cluster has seen.
 */
public record JobId(String value) implements Serializable {
  @Override
  public String toString() {
    return value;
  }
}
