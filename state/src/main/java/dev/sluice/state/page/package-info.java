/**
 * Lists that may be larger than memory: their elements are in pages on the heap, of which the
 * oldest go to scratch files when the job's share of the heap is used up.
 *
 * <p>A {@link dev.sluice.state.page.PagedList} belongs to one task and takes its heap from the
 * task's {@link dev.sluice.state.page.PageMemory}, which leases it in chunks from the {@link
 * dev.sluice.state.page.SpillArea} that the job's tasks on one worker share.
 */
package dev.sluice.state.page;
