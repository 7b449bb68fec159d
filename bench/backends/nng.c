/* What bench-nng can measure. */
#include <nng/nng.h>

#include "cells/cells.h"

void* backend_start(void) {
  return NULL;
}

void backend_stop(void* context) {
  (void)context;
}

const char* backend_version(void) {
  return nng_version();
}

const cell_t* const kCells[] = {&kThroughput, &kRoundTrip, &kOpenLoop, NULL};
