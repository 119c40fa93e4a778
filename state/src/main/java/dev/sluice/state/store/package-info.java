/**
 * Where the entries of a task's state go that do not fit on the heap, and the memory that the tasks
 * of a worker share.
 */
package dev.sluice.state.store;
