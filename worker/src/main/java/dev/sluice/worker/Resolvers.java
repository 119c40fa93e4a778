package dev.sluice.worker;

import dev.sluice.protocol.TranslatedPrograms;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.protocol.world.UserCode;

/**
 * What a worker is handed to turn what messages name into something live. Immutable.
 *
 * @param programs graphs of pipelines
 * @param code class loaders of hashes
 * @param storages files of locations
 * @param exceptions keeps what was thrown for a client in this process
 */
public record Resolvers(
    TranslatedPrograms programs, UserCode code, StorageOpener storages, Exceptions exceptions) {}
