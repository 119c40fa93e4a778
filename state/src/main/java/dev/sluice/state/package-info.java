/** Keyed state, timers and key groups: what a task remembers, in one place. */
package dev.sluice.state;
