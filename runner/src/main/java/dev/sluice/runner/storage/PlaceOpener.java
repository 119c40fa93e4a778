package dev.sluice.runner.storage;

import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.storage.S3Access;
import dev.sluice.storage.Storages;

/** Opens folders of this machine, and buckets. Stateless. */
public final class PlaceOpener implements StorageOpener {
  @Override
  public CheckpointFiles open(StorageLocation location, String namedBy) {
    return storages(location).open(location.url(), namedBy);
  }

  @Override
  public CheckpointFiles openForCheckpoints(StorageLocation location, String namedBy) {
    return storages(location).openForCheckpoints(location.url(), namedBy);
  }

  private static Storages storages(StorageLocation location) {
    return new Storages(
        new S3Access(location.s3Endpoint().orElse(null), location.s3Region().orElse(null)));
  }
}
