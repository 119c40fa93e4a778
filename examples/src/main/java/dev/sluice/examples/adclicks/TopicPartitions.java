package dev.sluice.examples.adclicks;

/** A topic and how many partitions it has. */
record TopicPartitions(String topic, int partitions) {}
