/**
 * What coordinator, workers and clients send to each other, and the names in it: records that
 * consist of data alone, so that each has a binary form ({@link dev.sluice.protocol.MessageForm},
 * in the messages of {@code sluice.proto}).
 *
 * <p>Every {@link dev.sluice.protocol.Content} travels in an {@link dev.sluice.protocol.Envelope}.
 * What a message names (code by its hashes, files by a location, an exception by a number) its
 * receiver turns into something live with what it was handed: see {@link
 * dev.sluice.protocol.world}.
 */
package dev.sluice.protocol;
