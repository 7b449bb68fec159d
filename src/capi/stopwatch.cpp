// zmq_stopwatch_* and zmq_sleep. NULL is answered with 0 and EFAULT.
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <new>

#include "base/clock.h"
#include "zmq.h"

void* zmq_stopwatch_start(void) {
  auto* start_us = new (std::nothrow) std::uint64_t(zmqng::monotonic_us());
  if (start_us == nullptr) errno = ENOMEM;
  return start_us;
}

unsigned long zmq_stopwatch_intermediate(void* watch) {
  if (watch == nullptr) {
    errno = EFAULT;
    return 0;
  }
  return static_cast<unsigned long>(zmqng::monotonic_us() - *static_cast<std::uint64_t*>(watch));
}

unsigned long zmq_stopwatch_stop(void* watch) {
  const unsigned long elapsed_us = zmq_stopwatch_intermediate(watch);
  delete static_cast<std::uint64_t*>(watch);
  return elapsed_us;
}

// A signal ends it early, like sleep(3): that is how programs wake up for their handlers.
void zmq_sleep(int seconds) {
  if (seconds > 0) ::sleep(static_cast<unsigned>(seconds));
}
