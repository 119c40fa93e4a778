/**
 * Jobs under fire: on a real cluster with threads, in which each job loses its worker once.
 *
 * <p>{@link dev.sluice.testing.fire.FireSluiceRunner} hands a {@link dev.sluice.testing.fire.Fire}
 * to the embedded cluster as its {@link dev.sluice.runner.ClusterInterceptor}. That puts {@link
 * dev.sluice.testing.fire.SeverableNetwork}, {@link dev.sluice.testing.fire.PacedTasks} and {@link
 * dev.sluice.testing.fire.MortalTasks} between the worker and its world, and kills and replaces the
 * worker when the {@link dev.sluice.testing.fire.CrashPlan} says so.
 */
package dev.sluice.testing.fire;
