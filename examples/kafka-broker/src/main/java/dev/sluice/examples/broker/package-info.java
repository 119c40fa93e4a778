/** A Kafka broker as a process that cannot be left behind. */
package dev.sluice.examples.broker;
