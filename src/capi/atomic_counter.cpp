// zmq_atomic_counter_*: an int that threads may change together. NULL is answered with 0 and
// EFAULT.
#include <atomic>
#include <cerrno>
#include <new>

#include "zmq.h"

namespace {

// Unsigned, so that going beyond INT_MAX wraps as programs see it, and is defined.
using Counter = std::atomic<unsigned>;

Counter* check(void* counter) {
  if (counter == nullptr) errno = EFAULT;
  return static_cast<Counter*>(counter);
}

}  // namespace

void* zmq_atomic_counter_new(void) {
  auto* counter = new (std::nothrow) Counter(0);
  if (counter == nullptr) errno = ENOMEM;
  return counter;
}

void zmq_atomic_counter_set(void* counter, int value) {
  Counter* atomic = check(counter);
  if (atomic != nullptr) atomic->store(static_cast<unsigned>(value));
}

// The value before.
int zmq_atomic_counter_inc(void* counter) {
  Counter* atomic = check(counter);
  return atomic == nullptr ? 0 : static_cast<int>(atomic->fetch_add(1));
}

// 0 when the counter arrives at zero, 1 otherwise.
int zmq_atomic_counter_dec(void* counter) {
  Counter* atomic = check(counter);
  return atomic != nullptr && atomic->fetch_sub(1) != 1 ? 1 : 0;
}

int zmq_atomic_counter_value(void* counter) {
  Counter* atomic = check(counter);
  return atomic == nullptr ? 0 : static_cast<int>(atomic->load());
}

void zmq_atomic_counter_destroy(void** counter_p) {
  if (counter_p == nullptr) return;
  delete static_cast<Counter*>(*counter_p);
  *counter_p = nullptr;
}
