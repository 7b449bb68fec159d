/* What bench-nanomsg can measure. */
#include "cells/cells.h"

void* backend_start(void) {
  return NULL;
}

void backend_stop(void* context) {
  (void)context;
}

const char* backend_version(void) {
  return "1";
}

const cell_t* const kCells[] = {&kThroughput, &kRoundTrip, &kOpenLoop, NULL};
