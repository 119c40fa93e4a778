/**
 * What the engine may touch of the world outside, as interfaces that are handed in: clock, network,
 * threads, scratch space; and their real implementations.
 */
package dev.sluice.worker.world;
