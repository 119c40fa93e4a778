/**
 * Beam's own conformance suite, run against Sluice and written down.
 *
 * <ol>
 *   <li>{@link dev.sluice.validatesrunner.TestCatalog} finds the tests that Beam marks as
 *       ValidatesRunner in its published test jars.
 *   <li>{@link dev.sluice.validatesrunner.SuiteRun} runs them in one {@link
 *       dev.sluice.validatesrunner.Mode}, two classes side by side, each test under a {@link
 *       dev.sluice.validatesrunner.TimeLimit}, and yields one {@link
 *       dev.sluice.validatesrunner.Outcome} per test.
 *   <li>{@link dev.sluice.validatesrunner.ConformanceReport} turns all of them into the page {@code
 *       docs/conformance.md}, beside what {@link dev.sluice.validatesrunner.OtherRunners} knows of
 *       the builds of Beam's other runners.
 * </ol>
 *
 * {@link dev.sluice.validatesrunner.RunSuite} does the same from a command line, for any runner and
 * any part of the suite.
 */
package dev.sluice.validatesrunner;
