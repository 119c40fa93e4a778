package dev.sluice.worker;

/**
 * Where a worker belongs. Immutable.
 *
 * @param cluster the name of its cluster
 * @param worker where it is told things
 * @param coordinator where it tells things
 */
public record Membership(String cluster, String worker, String coordinator) {}
