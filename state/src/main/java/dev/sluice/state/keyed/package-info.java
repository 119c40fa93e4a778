/**
 * Keys with their cells and timers: {@link dev.sluice.state.keyed.KeyedState} and what it consists
 * of. {@code dev.sluice.state} describes how a key and its cell are found.
 *
 * <h2>Keys that do not fit on the heap</h2>
 *
 * <ul>
 *   <li><b>Counting.</b> When a key is left, an estimate of what it takes is leased from the
 *       worker's quota ({@link dev.sluice.state.store.HeapShare}); one key in 1,024 is encoded to
 *       learn what the cells of a state take.
 *   <li><b>Eviction.</b> If the lease is refused, a hand that goes round over the tables ({@link
 *       dev.sluice.state.keyed.ClockHand}) finds keys that were not selected lately. Such a key is
 *       logged if it has changed, and written to the {@link dev.sluice.state.store.StateStore} as
 *       one record unless the store has it unchanged; then it leaves its table. The selected key
 *       never goes, which is what makes cells safe to hand out.
 *   <li><b>Large collections.</b> Once a bag, set, map, multimap or ordered list has passed {@link
 *       dev.sluice.state.keyed.PartLimits}, each of its elements is an entry of its own ({@link
 *       dev.sluice.state.keyed.CellParts}): a change logs one element, and with their key the
 *       elements go to the store, where they are looked up from then on ({@link
 *       dev.sluice.state.keyed.PartedCell}). If one collection is too much for the heap, it goes
 *       while its key is selected. What is read of many elements is read page by page from a
 *       snapshot ({@link dev.sluice.state.keyed.StoreSnapshots}), which is released when the key is
 *       left.
 *   <li><b>Long keys</b> are written once, in the value of their main records; elsewhere a {@link
 *       dev.sluice.state.log.KeyDigest} stands for them ({@link dev.sluice.state.keyed.LongKeys}).
 *   <li><b>Coming back.</b> A miss in {@link dev.sluice.state.keyed.KeyedState#select} looks into
 *       the store, if any key is there. A batch names its keys before it is processed, which makes
 *       these looks one sorted read ({@link dev.sluice.state.keyed.KeyedState#expect}). Cells stay
 *       bytes until somebody asks for them ({@link dev.sluice.state.keyed.UndecodedCells}). The
 *       store's record stays, so that a key that is only read is not written again.
 *   <li><b>Timers</b> of a key in the store are in an index by time ({@link
 *       dev.sluice.state.keyed.StoredTimers}), of which only the first is known; when it is due,
 *       its key comes back. Holds and numbers of entries are counted in memory all the time.
 *   <li><b>Restoring.</b> Entries of elements go to the store unchanged, whether before or after
 *       the record of their key.
 *   <li><b>Marks.</b> Each change of content marks its key with the epoch ({@link
 *       dev.sluice.state.keyed.Changes}); a key of the closed epoch is logged before it is handed
 *       out.
 * </ul>
 */
package dev.sluice.state.keyed;
