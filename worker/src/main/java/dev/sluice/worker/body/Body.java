package dev.sluice.worker.body;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.JavaStage;
import java.util.List;

/**
 * A fused body at work in one task, as its stage sees it.
 *
 * @param input takes the elements that enter it
 * @param parts its operators in topological order: one for each of its transforms, or one that
 *     stands for all of them and has all their outputs
 */
public record Body(Receiver input, List<JavaStage.Part> parts) {}
