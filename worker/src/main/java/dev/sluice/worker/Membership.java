package dev.sluice.worker;

/**
 * Where a worker belongs. Immutable.
 *
 * @param cluster the name of its cluster
 * @param worker where it takes messages
 * @param coordinator where it sends its reports
 */
public record Membership(String cluster, String worker, String coordinator) {}
