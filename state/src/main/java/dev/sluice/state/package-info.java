/**
 * What a task remembers: keyed state, timers, lists and values, each in a key group.
 *
 * <p>Everything that a barrier would have to save is reached from one {@link
 * dev.sluice.state.TaskState}, which belongs to the task's thread; an operator's fields hold none
 * of it. Nothing here knows of tasks, exchanges or the network; time and disk are handed in ({@link
 * dev.sluice.state.keyed.Times}, {@link dev.sluice.state.disk.Disk}).
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
 *   <li>{@link dev.sluice.state.keyed.KeyedState#select} finds the key's entry by one probe of its
 *       group's table. A key stands for its bytes only if its coder says that equal objects have
 *       equal bytes; otherwise its structural value does. No {@code hashCode()} has a say in where
 *       a key goes.
 *   <li>{@link dev.sluice.state.keyed.KeyedState#stateInternals} finds the cell by the identity of
 *       the window's one object and of the state id's one object. A cell is both the content and
 *       the Beam state that user code is handed, so a read or a write is one more step and
 *       allocates nothing.
 * </ol>
 *
 * <p>A key that is new has an entry beside the table; it moves into it with its first live cell or
 * timer. When another key is selected, cells that are empty are let go, and an entry that has none
 * left leaves the table: garbage collection of a window shows as a falling {@link
 * dev.sluice.state.TaskState#entryCount}.
 *
 * <p>What happens when there is more of it than the heap holds is described by {@linkplain
 * dev.sluice.state.keyed the package of keys}, {@linkplain dev.sluice.state.windowed that of
 * accumulators} and {@linkplain dev.sluice.state.page that of pages}.
 *
 * <h2>Rooms</h2>
 *
 * <p>This package knows keys and pages; accumulators know this package, for they are a {@link
 * dev.sluice.state.StatePart} like any that an operator brings, and know nothing of keys, cells and
 * timers, nor these of them. {@code docs/architecture.md} has the table of who may import whom.
 */
package dev.sluice.state;
