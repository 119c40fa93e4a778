package dev.sluice.runner.storage;

import dev.sluice.coordinator.Scratch;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.LocalDisk;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.LocalFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The places of an embedded cluster: those that users name, and folders for temporary files, which
 * need not survive a crash of the machine. Any thread.
 */
public final class ScratchPlaces implements StorageOpener, Scratch {
  private final StorageOpener named = new PlaceOpener();
  private final Map<StorageLocation, Path> folders = new ConcurrentHashMap<>();

  @Override
  public CheckpointFiles open(StorageLocation location, String namedBy) {
    Path folder = folders.get(location);
    return folder == null
        ? named.open(location, namedBy)
        : new FolderFiles(LocalFolder.scratch(folder), UUID.randomUUID().toString());
  }

  @Override
  public CheckpointFiles openForCheckpoints(StorageLocation location, String namedBy) {
    return named.openForCheckpoints(location, namedBy);
  }

  @Override
  public StorageLocation newLocation() {
    Path folder = ScratchFolders.newFolder("checkpoints");
    StorageLocation location = StorageLocation.of(folder.toString());
    folders.put(location, folder);
    return location;
  }

  @Override
  public void delete(StorageLocation location) {
    ScratchFolders.deleteTree(folders.remove(location));
  }

  @Override
  public Disk newDisk() {
    return new LocalDisk(ScratchFolders.newFolder("merge"));
  }
}
