package dev.sluice.protocol;

/**
 * All packets to an address below a number have arrived.
 *
 * @param process who says so
 * @param to the address
 * @param below the number of the first packet that has not
 */
public record Arrived(String process, String to, long below) implements Message {}
