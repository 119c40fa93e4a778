/**
 * Assigning windows, and grouping and combining by key and window.
 *
 * <p>The road of a record through a {@code Combine.perKey} in one-minute windows:
 *
 * <ol>
 *   <li>{@link dev.sluice.worker.grouping.AssignWindowsOperator} gives it its windows. For the
 *       window functions that {@link dev.sluice.worker.grouping.WindowsByTime} knows, records of
 *       the same windows share one collection, so everything behind finds their state by its
 *       identity.
 *   <li>{@link dev.sluice.worker.grouping.PartialCombineOperator}, if translation has lifted the
 *       combine, adds it to an accumulator of its key and window, which leaves at the end of the
 *       bundle. {@link dev.sluice.worker.grouping.Reduction} measures whether that pays; if not,
 *       records pass as they are.
 *   <li>It crosses the exchange to the task that owns its key.
 *   <li>{@link dev.sluice.worker.grouping.GroupingOperators} has chosen what it meets there, by the
 *       windowing strategy:
 *       <ul>
 *         <li>{@link dev.sluice.worker.grouping.GeneralGrouping} is right for all of them: Beam's
 *             {@code ReduceFnRunner} on keyed state and timers.
 *         <li>{@link dev.sluice.worker.grouping.WindowedCombineOperator} is for strategies under
 *             which a window fires once, recognised by {@link
 *             dev.sluice.worker.grouping.OneFiring}: one table of accumulators for each window,
 *             emitted when the watermark passes its end. A GroupByKey, and the collection of a side
 *             input, is a combine whose accumulators are lists ({@link
 *             dev.sluice.worker.grouping.CollectingFn}).
 *       </ul>
 *       {@link dev.sluice.worker.grouping.GeneralPath} can rule the second out for a whole job. It
 *       is held against the first by {@code EqualPathsTest}, over random data, lateness and
 *       watermarks.
 *   <li>The result of a pane leaves within a bundle of {@code fireTimers}, in slices.
 * </ol>
 *
 * Whatever records leave behind is in the task's {@code TaskState}; fields hold watermarks and what
 * can be made again.
 */
package dev.sluice.worker.grouping;
