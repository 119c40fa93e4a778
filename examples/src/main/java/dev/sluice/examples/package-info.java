/** Example pipelines. */
package dev.sluice.examples;
