/** The ways in which keeping state fails, each naming what is to blame and what to do. */
package dev.sluice.state.error;
