/**
 * A small tree of modules that breaks every rule of the architecture, so that a test can see each
 * rule fail. Only {@code worker.world} and {@code worker.allowed} keep to the rules.
 */
package dev.sluice.runner.architecture.broken;
