/** Programs of somebody who uses Beam and Sluice for the first time: each makes one mistake. */
package com.example.newcomer;
