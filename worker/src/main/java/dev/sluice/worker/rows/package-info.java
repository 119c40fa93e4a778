/**
 * Rows that stay in this process get the schema of their PCollection.
 *
 * <p>Beam's schema transforms may emit rows whose own schema has the right types and other names,
 * and rely on the coder, which decodes to the schema that it knows. Elements that pass by reference
 * meet no coder: {@link dev.sluice.worker.rows.SchemaReceiver} does this part of its work.
 */
package dev.sluice.worker.rows;
