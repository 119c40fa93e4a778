/**
 * What a task remembers: keyed state, timers, lists and values, each in a key group.
 *
 * <p>Everything that a barrier would have to save is reached from one {@link
 * dev.sluice.state.TaskState}, which belongs to the task's thread; an operator's fields hold none
 * of it. Nothing here knows of tasks, exchanges or the network; time and disk are handed in ({@link
 * dev.sluice.state.Times}, {@link dev.sluice.state.disk.Disk}).
 *
 * <h2>How an entry is found</h2>
 *
 * <pre>{@code
 * key --(1) KeyHasher--> hash --(2) KeyGroups--> group
 *
 * TaskState
 *   +- KeyedState "Count/Stateful"                     one for each transform
 *   |    +- KeyTable of group 0                        (3) hash, key -> entry
 *   |    +- KeyTable of group 1
 *   |    |    +- KeyEntry "ad-17"                      the key, once
 *   |    |    |    +- ValueCell  user/count,  [0:00, 0:01)   (4) namespace, column -> cell
 *   |    |    |    +- BagCell    system/buf,  [0:00, 0:01)
 *   |    |    |    |    +- Page, Page, Page ...        on the heap, or in a file of the SpillArea
 *   |    |    |    +- TimerNode  end of [0:00, 0:01)   by id; also in the TimerQueue, by time
 *   |    |    +- KeyEntry "ad-4"
 *   |    +- KeyTable of group 127
 *   |    +- Namespaces                                 one object for each window in use
 *   |    +- StateColumns                               one object for each state id
 *   |    +- TimerQueue for each time domain, holds
 *   +- TaskQueue, TaskValue                            not keyed, but in a key group
 *   +- StatePart                                       other structures, e.g. of a fast operator
 * }</pre>
 *
 * <ol>
 *   <li>The producer hashes the key's encoding, without making it ({@link
 *       dev.sluice.state.key.KeyHasher}); the hash travels with the record.
 *   <li>Its low bits are the {@linkplain dev.sluice.state.key.KeyGroups key group}, which decides
 *       the task.
 *   <li>{@link dev.sluice.state.KeyedState#select} finds the key's entry by one probe of its
 *       group's table. A key stands for its bytes only if its coder says that equal objects have
 *       equal bytes; otherwise its structural value does. No {@code hashCode()} has a say in where
 *       a key goes.
 *   <li>{@link dev.sluice.state.KeyedState#stateInternals} finds the cell by the identity of the
 *       window's one object and of the state id's one object. A cell is both the content and the
 *       Beam state that user code is handed, so a read or a write is one more step and allocates
 *       nothing.
 * </ol>
 *
 * <p>A key that is new has an entry beside the table; it moves into it with its first live cell or
 * timer. When another key is selected, cells that are empty are let go, and an entry that has none
 * left leaves the table: garbage collection of a window shows as a falling {@link
 * dev.sluice.state.TaskState#entryCount}.
 *
 * <h2>Keys that do not fit on the heap</h2>
 *
 * <ul>
 *   <li><b>Counting.</b> When a key is left, an estimate of what it takes is leased from the
 *       worker's quota ({@link dev.sluice.state.HeapShare}); one key in 1,024 is encoded to learn
 *       what the cells of a state take.
 *   <li><b>Eviction.</b> If the lease is refused, a hand that goes round over the tables ({@link
 *       dev.sluice.state.ClockHand}) finds keys that were not selected lately. Such a key is logged
 *       if it has changed, written to the {@link dev.sluice.state.store.StateStore} as one record
 *       unless the store has it as it is, and leaves its table. The selected key never goes, which
 *       is what makes cells safe to hand out.
 *   <li><b>Large collections.</b> Once a bag, set, map, multimap or ordered list has passed {@link
 *       dev.sluice.state.PartLimits}, each of its elements is an entry of its own ({@link
 *       dev.sluice.state.CellParts}): a change logs one element, and with their key the elements go
 *       to the store, where they are looked up from then on ({@link dev.sluice.state.PartedCell}).
 *       If one collection is too much for the heap, it goes while its key is selected. What is read
 *       of many elements is read page by page as of one moment ({@link
 *       dev.sluice.state.PartMoments}), which is let go when the key is left.
 *   <li><b>Long keys</b> are written once, in the value of their main records; elsewhere a {@link
 *       dev.sluice.state.log.KeyDigest} stands for them ({@link dev.sluice.state.LongKeys}).
 *   <li><b>Accumulators</b> of windows that fire once ({@link
 *       dev.sluice.state.WindowedAccumulators}) leave by tables and are merged at the firing
 *       ({@link dev.sluice.state.Spilling}); how they stand in log and store says their {@link
 *       dev.sluice.state.RecordForm}.
 *   <li><b>Coming back.</b> A miss in {@link dev.sluice.state.KeyedState#select} looks into the
 *       store, if any key is there. A batch names its keys before it is processed, which makes
 *       these looks one sorted read ({@link dev.sluice.state.KeyedState#expect}). Cells stay bytes
 *       until somebody asks for them. The store's record stays, so that a key that is only read is
 *       not written again.
 *   <li><b>Timers</b> of a key in the store are in an index by time ({@link
 *       dev.sluice.state.StoredTimers}), of which only the first is known; when it is due, its key
 *       comes back. Holds and numbers of entries are counted in memory all the time.
 *   <li><b>Restoring.</b> Entries of elements go to the store as they are, whether before or after
 *       the record of their key.
 *   <li><b>Marks.</b> Each change of content marks its key with the epoch ({@link
 *       dev.sluice.state.Changes}); a key of the closed epoch is logged before it is handed out.
 * </ul>
 */
package dev.sluice.state;
