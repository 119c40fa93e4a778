package dev.sluice.examples.adclicks;

/** What the producer produces: how many clicks per second, on how many different ads. */
record Load(int clicksPerSecond, int ads) {}
