/**
 * Operators that make their own elements: Impulse, Read of bounded and unbounded sources,
 * TestStream.
 */
package dev.sluice.worker.source;
