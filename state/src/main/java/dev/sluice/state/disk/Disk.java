package dev.sluice.state.disk;

import java.io.IOException;

/**
 * Where scratch files live: a folder of the machine ({@link LocalDisk}), or memory in tests and
 * simulations ({@link MemoryDisk}).
 *
 * <p>Any thread may call it. Nothing exists until the first {@link #create}; after {@link
 * #deleteAll} nothing exists any more.
 */
public interface Disk {
  /** Makes a new, empty file; the folder too, if this is the first one. */
  DiskFile create(String name) throws IOException;

  /** Closes and deletes every file, and the folder itself. */
  void deleteAll() throws IOException;

  /** Returns where this is, for messages. */
  String location();
}
