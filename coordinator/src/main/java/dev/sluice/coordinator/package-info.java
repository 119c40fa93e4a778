/** Job lifecycle, placement of tasks on workers, and checkpoint rounds. */
package dev.sluice.coordinator;
