package dev.sluice.protocol.world;

import dev.sluice.protocol.JobId;
import java.util.List;

/** Turns the hashes of files with user code into what loads its classes. Handed in; any thread. */
@FunctionalInterface
public interface UserCode {
  /**
   * The class loader for everything of the user's in a job; the same one for as long as the job
   * runs. May block.
   *
   * @param hashes the content hashes of the files, in the order of the class path
   */
  ClassLoader loader(JobId job, List<String> hashes);
}
