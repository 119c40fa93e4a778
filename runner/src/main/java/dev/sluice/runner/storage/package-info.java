/**
 * What the client's side of a job has to do with its state: the signature of the pipeline, what a
 * savepoint holds, the scratch folders of this process, and how places are opened (by {@code
 * dev.sluice.storage}). What a job begins with is decided by the coordinator.
 */
package dev.sluice.runner.storage;
