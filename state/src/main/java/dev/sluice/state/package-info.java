/**
 * What a task remembers: keyed state, timers, lists and values, each in a key group.
 *
 * <p>Everything that a barrier would have to save is reached from one {@link
 * dev.sluice.state.TaskState}, which belongs to the task's thread; an operator's fields hold none
 * of it. Nothing here knows of tasks, exchanges or the network; time and disk are handed in ({@link
 * dev.sluice.state.Times}, {@link dev.sluice.state.Disk}).
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
 *       dev.sluice.state.KeyHasher}); the hash travels with the record.
 *   <li>Its low bits are the {@linkplain dev.sluice.state.KeyGroups key group}, which decides the
 *       task.
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
 * <h2>Where this meets a store on disk</h2>
 *
 * <p>The heap holds everything in this step, except pages of bags and lists. The seams at which
 * RocksDB comes under the table:
 *
 * <ul>
 *   <li><b>Found in the table or in the store.</b> The only place where an entry is found is the
 *       probe in {@link dev.sluice.state.KeyedState#select}, the only place where a cell is found
 *       is the one in {@link dev.sluice.state.KeyedState#stateInternals}: a miss there becomes a
 *       look into the store. A batch that announces its keys before it is processed turns these
 *       looks into one sorted read of many.
 *   <li><b>Marks.</b> The sealed family of cells is the unit of change. Each change of content goes
 *       through few methods of each cell; "changed since the last segment" and "changed since the
 *       store has it" are two bits beside {@code live}. Reads that hand out a live object pass the
 *       same methods, so that a cell that belongs to a closed epoch is encoded before it can
 *       change.
 *   <li><b>Eviction.</b> The clock's hand walks the places of the {@code KeyTable}s. Entries of the
 *       selected key are never evicted, which is what makes cells safe to hand out. What is written
 *       is what {@link dev.sluice.state.EntryVisitor} is shown: the parts of each cell.
 *   <li><b>Parts.</b> Bags, maps, sets and ordered lists are shown to the visitor part by part,
 *       with a key of its own for each; a large one can be kept part by part in the store without
 *       another format. Pages of bags have a place in a file already.
 *   <li><b>Timers</b> are two entries: by id with their key, by time in the queue. The queue keeps
 *       only its head in memory then.
 *   <li><b>The budget.</b> The bytes of pages are leased from the job's {@link
 *       dev.sluice.state.SpillArea}; the arbiter of one worker takes its place and leases for cells
 *       too.
 * </ul>
 */
package dev.sluice.state;
