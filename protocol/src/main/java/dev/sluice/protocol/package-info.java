/**
 * The messages between the coordinator and its workers, and the names in them. Records only;
 * nothing here runs.
 */
package dev.sluice.protocol;
