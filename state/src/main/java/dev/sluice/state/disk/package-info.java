/**
 * Scratch files: a folder of the machine, or memory in tests and simulations. Nothing in them is
 * trusted after a crash.
 */
package dev.sluice.state.disk;
