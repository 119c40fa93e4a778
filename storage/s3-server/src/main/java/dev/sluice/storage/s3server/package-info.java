/** A service that speaks S3, for tests. */
package dev.sluice.storage.s3server;
