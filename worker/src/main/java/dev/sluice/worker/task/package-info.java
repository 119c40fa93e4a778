/**
 * One parallel instance of a stage as a state machine that one thread steps: takes input, opens and
 * ends bundles, moves watermarks, passes barriers, finishes.
 */
package dev.sluice.worker.task;
