/** Counts the words of text files: {@code sluice run word-count}. */
package dev.sluice.examples.wordcount;
