/**
 * The log of what a task changes: the form of its records, and the segments they are written to,
 * read from and merged in. Knows bytes only, neither coders nor the live objects that they stand
 * for. {@code docs/savepoint-format.md} describes the files byte by byte.
 *
 * <p>The way of a change into a checkpoint:
 *
 * <ol>
 *   <li>The task's thread encodes an entry under its {@link dev.sluice.state.log.EntryKey} and puts
 *       it into a {@link dev.sluice.state.log.ChangeLog} of its {@link
 *       dev.sluice.state.log.TaskLog}: that of the current epoch, or of the one that is being
 *       closed. The bytes are copied into a block of 64 KB.
 *   <li>A full block goes to the lane of blocks, which packs it and keeps it: on the heap, or on a
 *       scratch disk if too much waits for the storage.
 *   <li>When the epoch is sealed, the lane of uploads writes all blocks that wait, those of failed
 *       uploads too, to one segment, and notifies whoever asked that the task's state is {@link
 *       dev.sluice.state.log.Sealed safe}: the list of its segments.
 *   <li>When the segments have grown large beside the base, or many, the lane of merges makes one
 *       of them, from the files alone ({@link dev.sluice.state.log.SegmentMerge}), and the list
 *       gets shorter.
 *   <li>A restore reads the {@link dev.sluice.state.log.EntryCursor entries} that the segments of a
 *       checkpoint come to, of the key groups and transforms that it wants ({@link
 *       dev.sluice.state.log.SegmentFilter}); the new task's log begins where that left off ({@link
 *       dev.sluice.state.log.LogOrigin}).
 * </ol>
 */
package dev.sluice.state.log;
