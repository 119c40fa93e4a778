/**
 * What coordinator and workers are handed of the world outside, as far as they have it in common:
 * the network, the clock, a place for work that may block.
 */
package dev.sluice.protocol.world;
