/**
 * Runs Beam's ParDo in Java: user DoFns with side inputs, state, timers and splittable
 * restrictions.
 *
 * <p>An element on its way through one ParDo:
 *
 * <ol>
 *   <li>{@link dev.sluice.worker.pardo.ParDoOperator} takes it from the transform before. If
 *       nothing of the DoFn looks at windows, step 5 follows at once; otherwise the steps that
 *       follow are taken once for each of its windows.
 *   <li>{@code SideInputLookup} says whether the side inputs are ready for the window, out of the
 *       panes that {@link dev.sluice.worker.pardo.SideInputs} holds for the task. If not, {@code
 *       Pushback} keeps the element in the task's state, holding the watermark, and brings it back
 *       here.
 *   <li>{@code KeyedElements}, for a DoFn with state or timers: drops it if its window has expired,
 *       selects the key, sees to it that the window will be cleaned up, and lets {@code
 *       SortedInput} delay it if the DoFn wants its input sorted by time.
 *   <li>{@code SplittableElements}, for a splittable DoFn: makes restrictions of it, which {@code
 *       Residuals} keeps until each has been processed as due work, as often as the DoFn asks to
 *       resume.
 *   <li>{@code UserFn} calls the DoFn by Beam's generated invoker. {@code Call} holds what the call
 *       is about, {@code DoFnArguments} gives it as parameters; both are reused for every call, so
 *       a record costs no allocation.
 *   <li>The user's outputs come to the {@code Call} again, through {@code ElementContext}, {@code
 *       ElementReceiver} or {@code TimerContext}; it checks timestamps and calls the next
 *       transform, which is inside the user's call. What that throws is not the user's, and passes
 *       unchanged.
 * </ol>
 *
 * <p>Timers fire between elements, by {@link dev.sluice.worker.stage.Operator#fireTimers}, in the
 * order of their time over all keys of the task. Nothing of this package is known to other threads.
 */
package dev.sluice.worker.pardo;
