/**
 * Where a key belongs: its hash, which is that of its encoding, and its key group, which decides
 * the task. Pure functions; the numbers are part of the savepoint format and never change.
 */
package dev.sluice.state.key;
