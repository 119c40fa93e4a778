/**
 * How a fused body runs: the ParDos of a stage that follow one another, with nothing between them
 * that the engine does itself. Grouping, window assignment, the collection of side inputs, Flatten
 * and sources are operators of the engine, whatever runs the bodies beside them.
 *
 * <ol>
 *   <li>The worker is handed a {@link dev.sluice.worker.body.BodyFactory} from above.
 *   <li>For each task, the stage is cut into bodies and operators of the engine; the factory gets a
 *       {@link dev.sluice.worker.body.BodySpec} of each body.
 *   <li>It answers with a {@link dev.sluice.worker.body.Body}: operators, which the stage drives by
 *       the same contract as its own ({@link dev.sluice.worker.stage.Operator}).
 * </ol>
 */
package dev.sluice.worker.body;
