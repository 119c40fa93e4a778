/**
 * What a running stage is made of: the contracts of operators and receivers, and the stage that
 * drives them.
 */
package dev.sluice.worker.stage;
