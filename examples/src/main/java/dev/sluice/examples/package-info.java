/**
 * Example pipelines, run with {@code sluice run NAME}. Each has a package of its own: the pipeline,
 * which knows Beam and nothing of Sluice, and the command around it.
 */
package dev.sluice.examples;
