/** SluiceRunner, the embedded cluster and the sluice command. */
package dev.sluice.runner;
