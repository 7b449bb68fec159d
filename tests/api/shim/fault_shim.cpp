#include "fault_shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

// glibc marks some of these functions noexcept and some not; the definitions below repeat what the
// headers say, so the compiler checks them.

namespace {

struct Fault {
  std::atomic<int> error{0};
  std::atomic<int> remaining{0};  // negative: for ever
  std::atomic<int> hits{0};
};

Fault faults[FAULT_CALLS];

// Takes one failure if there is one to take; sets errno then.
bool take_fault(fault_call call) {
  Fault& fault = faults[call];
  int left = fault.remaining.load();
  while (left != 0) {
    if (left < 0 || fault.remaining.compare_exchange_weak(left, left - 1)) {
      fault.hits.fetch_add(1);
      errno = fault.error.load();
      return true;
    }
  }
  return false;
}

// read() and write() also serve event descriptors, which no fault is meant for.
bool is_stream_socket(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  const int saved = errno;
  const bool yes =
      syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
  errno = saved;
  return yes;
}

bool fails_on(fault_call call, int fd) {
  if (faults[call].remaining.load() == 0 || !is_stream_socket(fd)) return false;
  return take_fault(call);
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

struct Names {
  std::mutex mutex;
  std::condition_variable changed;
  std::string held;
  std::string answer;
  bool is_held = false;
  int lookups = 0;
  std::string unknown;
};

Names& names() {
  static Names* const all = new Names;  // outlives every thread that may still be resolving
  return *all;
}

}  // namespace

#define NEXT(function) static const auto real = next<decltype(&::function)>(#function)

extern "C" {

#pragma GCC visibility push(default)

void fault_shim_fail(fault_call call, int error, int count) {
  faults[call].remaining.store(0);
  faults[call].error.store(error);
  faults[call].hits.store(0);
  faults[call].remaining.store(count);
}

void fault_shim_clear() {
  for (Fault& fault : faults) fault.remaining.store(0);
}

int fault_shim_hits(fault_call call) {
  return faults[call].hits.load();
}

void fault_shim_hold_name(const char* name, const char* answer) {
  std::lock_guard lock(names().mutex);
  names().held = name;
  names().answer = answer;
  names().is_held = true;
  names().lookups = 0;
}

void fault_shim_release_name() {
  std::lock_guard lock(names().mutex);
  names().is_held = false;
  names().changed.notify_all();
}

int fault_shim_name_lookups() {
  std::lock_guard lock(names().mutex);
  return names().lookups;
}

void fault_shim_unknown_name(const char* name) {
  std::lock_guard lock(names().mutex);
  names().unknown = name;
}

int accept(int fd, struct sockaddr* address, socklen_t* size) {
  NEXT(accept);
  return take_fault(FAULT_ACCEPT) ? -1 : real(fd, address, size);
}

int accept4(int fd, struct sockaddr* address, socklen_t* size, int flags) {
  NEXT(accept4);
  return take_fault(FAULT_ACCEPT) ? -1 : real(fd, address, size, flags);
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  NEXT(send);
  return fails_on(FAULT_SEND, fd) ? -1 : real(fd, data, size, flags);
}

ssize_t sendto(int fd, const void* data, size_t size, int flags, const struct sockaddr* to,
               socklen_t to_size) {
  NEXT(sendto);
  return fails_on(FAULT_SEND, fd) ? -1 : real(fd, data, size, flags, to, to_size);
}

ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  NEXT(sendmsg);
  return fails_on(FAULT_SEND, fd) ? -1 : real(fd, message, flags);
}

ssize_t write(int fd, const void* data, size_t size) {
  NEXT(write);
  return fails_on(FAULT_SEND, fd) ? -1 : real(fd, data, size);
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  NEXT(writev);
  return fails_on(FAULT_SEND, fd) ? -1 : real(fd, parts, count);
}

ssize_t recv(int fd, void* data, size_t size, int flags) {
  NEXT(recv);
  return fails_on(FAULT_RECV, fd) ? -1 : real(fd, data, size, flags);
}

ssize_t recvfrom(int fd, void* data, size_t size, int flags, struct sockaddr* from,
                 socklen_t* from_size) {
  NEXT(recvfrom);
  return fails_on(FAULT_RECV, fd) ? -1 : real(fd, data, size, flags, from, from_size);
}

ssize_t recvmsg(int fd, struct msghdr* message, int flags) {
  NEXT(recvmsg);
  return fails_on(FAULT_RECV, fd) ? -1 : real(fd, message, flags);
}

ssize_t read(int fd, void* data, size_t size) {
  NEXT(read);
  return fails_on(FAULT_RECV, fd) ? -1 : real(fd, data, size);
}

ssize_t readv(int fd, const struct iovec* parts, int count) {
  NEXT(readv);
  return fails_on(FAULT_RECV, fd) ? -1 : real(fd, parts, count);
}

int getsockopt(int fd, int level, int option, void* value, socklen_t* size) noexcept {
  NEXT(getsockopt);
  const bool asks_error = level == SOL_SOCKET && option == SO_ERROR;
  return asks_error && take_fault(FAULT_SO_ERROR) ? -1 : real(fd, level, option, value, size);
}

int setsockopt(int fd, int level, int option, const void* value, socklen_t size) noexcept {
  NEXT(setsockopt);
  return fails_on(FAULT_SETSOCKOPT, fd) ? -1 : real(fd, level, option, value, size);
}

int epoll_ctl(int set, int operation, int fd, struct epoll_event* event) noexcept {
  NEXT(epoll_ctl);
  const bool adds = operation == EPOLL_CTL_ADD;
  return adds && take_fault(FAULT_EPOLL_ADD) ? -1 : real(set, operation, fd, event);
}

int getaddrinfo(const char* node, const char* service, const struct addrinfo* hints,
                struct addrinfo** result) {
  NEXT(getaddrinfo);
  std::string answer;
  if (node != nullptr && *node != '\0') {
    Names& all = names();
    std::unique_lock lock(all.mutex);
    if (all.unknown == node) return EAI_NONAME;
    if (all.held == node) {
      ++all.lookups;
      all.changed.wait(lock, [&] { return !all.is_held; });
      answer = all.answer;
    }
  }
  return real(answer.empty() ? node : answer.c_str(), service, hints, result);
}

#pragma GCC visibility pop

}  // extern "C"
