/** What a running stage is made of: the contract of operators, and the stage that drives them. */
package dev.sluice.worker.stage;
