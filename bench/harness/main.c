/* usage: PROGRAM CELL [KEY=VALUE...]
 *
 * Runs one cell and prints what came out as a line of JSON. Keys of all cells: transport=tcp|ipc|
 * inproc, placement=one|two|free, size=BYTES, ms=DURATION, limit=SECONDS, folder=FOR_IPC. */
#include <stdio.h>
#include <string.h>

#include "harness.h"

int main(int argc, char** argv) {
  const cell_t* const* cell;
  if (argc >= 2) {
    options_are(argc - 2, argv + 2);
    for (cell = kCells; *cell; ++cell)
      if (strcmp((*cell)->name, argv[1]) == 0) return run_cell(*cell);
  }
  fprintf(stderr, "usage: %s CELL [KEY=VALUE...]\ncells:\n", argv[0]);
  for (cell = kCells; *cell; ++cell)
    fprintf(stderr, "  %-14s %s\n", (*cell)->name, (*cell)->purpose);
  return 2;
}
