package dev.sluice.testing.simulation;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * One element as the Beam model knows it: in one window, for comparing what came with what should
 * have come.
 */
record Datum(int key, long value, long timestampMs, BoundedWindow window) {}
