/**
 * From a pipeline proto to a {@link dev.sluice.translation.JobGraph}: which transforms one task
 * runs by direct calls, and which elements travel between tasks. Pure functions: no threads, no
 * sockets, no disks.
 *
 * <p>The way through it, for {@link dev.sluice.translation.JobGraphs#translate}:
 *
 * <ol>
 *   <li>{@link dev.sluice.translation.Primitives} opens composites until only transforms are left
 *       that Sluice executes as a whole, drops those that do nothing, refuses those that nobody
 *       knows ({@link dev.sluice.translation.UnsupportedTransformException}), and sorts what is
 *       left: each is a {@link dev.sluice.translation.Primitive}.
 *   <li>{@link dev.sluice.translation.Fusion} takes them in that order and puts each into a {@link
 *       dev.sluice.translation.StageDraft}: the one where its input is, if it may be there, or a
 *       new one behind an {@link dev.sluice.translation.ExchangeDraft}. It knows by {@link
 *       dev.sluice.translation.Residence} where each PCollection can be read, which is in several
 *       stages behind a Flatten that it unzipped. A chain that is too long for a stack it continues
 *       in another stage.
 *   <li>On the way, {@link dev.sluice.translation.CombinerLifting} says which Combines begin in
 *       front of their exchange, {@link dev.sluice.translation.SingletonCombine} which are about
 *       the newest value only, {@link dev.sluice.translation.Environments} says whose code may
 *       share a stage, and {@link dev.sluice.translation.SyntheticComponents} adds the PCollections
 *       that exist only between stages.
 *   <li>{@link dev.sluice.translation.GraphDraft} numbers stages and exchanges in topological
 *       order, says how many tasks a stage may have, and makes the immutable {@link
 *       dev.sluice.translation.JobGraph}.
 *   <li>{@link dev.sluice.translation.Invariants} checks everything that the records of the graph
 *       promise.
 *   <li>{@link dev.sluice.translation.ExplainPlan} shows the graph to a person.
 * </ol>
 *
 * <p>The same pipeline gives the same graph, down to its ids: nothing depends on the order of a
 * map.
 */
package dev.sluice.translation;
