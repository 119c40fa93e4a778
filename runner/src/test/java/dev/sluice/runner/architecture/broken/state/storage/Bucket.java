package dev.sluice.runner.architecture.broken.state.storage;

import software.amazon.awssdk.services.s3.S3Client;

/** Knows the AWS SDK. */
record Bucket(S3Client client) {}
