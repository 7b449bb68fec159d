/* The cells that there are: one in each file of this folder. The first three run on every backend,
 * the others on libzmq only. */
#ifndef BENCH_CELLS_H
#define BENCH_CELLS_H

#include "harness/harness.h"

extern const cell_t kThroughput, kRoundTrip, kOpenLoop;
extern const cell_t kFanOut, kSubscriptions, kClients, kProxy, kFanIn, kConnections, kChurn,
    kSocketCreation, kContextCreation, kPoll;

#endif
