// zmq_timers_*: handles around TimerSet.
#include <cerrno>
#include <cstdint>
#include <new>

#include "capi/timer_set.h"
#include "zmq.h"

namespace {

using zmqng::Error;
using zmqng::monotonic_ms;

// Tells a handle from other memory and from a destroyed one, as far as that can be told.
constexpr std::uint32_t kTag = 0x7a746d72;

struct Handle {
  std::uint32_t tag = kTag;
  zmqng::TimerSet timers;
};

// The handle behind a pointer; sets errno and returns null if it is none.
Handle* check(void* timers) {
  auto* handle = static_cast<Handle*>(timers);
  if (handle != nullptr && handle->tag == kTag) return handle;
  errno = EFAULT;
  return nullptr;
}

int report(Error error) {
  if (!error) return 0;
  errno = error.code;
  return -1;
}

void free_handle(Handle* handle) {
  *const_cast<volatile std::uint32_t*>(&handle->tag) = 0;  // stays zero if the memory is not reused
  delete handle;
}

}  // namespace

void* zmq_timers_new(void) {
  auto* handle = new (std::nothrow) Handle;
  if (handle == nullptr) errno = ENOMEM;
  return handle;
}

int zmq_timers_destroy(void** timers_p) {
  Handle* handle = check(timers_p == nullptr ? nullptr : *timers_p);
  if (handle == nullptr) return -1;
  *timers_p = nullptr;
  if (handle->timers.is_executing()) {  // zmq_timers_execute is below us and frees it
    handle->timers.stop();
  } else {
    free_handle(handle);
  }
  return 0;
}

int zmq_timers_add(void* timers, size_t interval, zmq_timer_fn handler, void* arg) {
  Handle* handle = check(timers);
  if (handle == nullptr) return -1;
  if (handler == nullptr) return report({EFAULT});
  return handle->timers.add(monotonic_ms(), interval, handler, arg);
}

int zmq_timers_cancel(void* timers, int timer_id) {
  Handle* handle = check(timers);
  return handle == nullptr ? -1 : report(handle->timers.cancel(timer_id));
}

int zmq_timers_set_interval(void* timers, int timer_id, size_t interval) {
  Handle* handle = check(timers);
  if (handle == nullptr) return -1;
  return report(handle->timers.set_interval(monotonic_ms(), timer_id, interval));
}

int zmq_timers_reset(void* timers, int timer_id) {
  Handle* handle = check(timers);
  return handle == nullptr ? -1 : report(handle->timers.reset(monotonic_ms(), timer_id));
}

long zmq_timers_timeout(void* timers) {
  Handle* handle = check(timers);
  return handle == nullptr ? -1 : handle->timers.timeout(monotonic_ms());
}

int zmq_timers_execute(void* timers) {
  Handle* handle = check(timers);
  if (handle == nullptr) return -1;
  const bool is_outermost = !handle->timers.is_executing();
  handle->timers.execute(monotonic_ms());
  if (is_outermost && handle->timers.is_stopped()) free_handle(handle);
  return 0;
}
