/** Pipelines that any Beam runner can run, with their records per second. */
package dev.sluice.benchmarks;
