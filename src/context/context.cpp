#include "context/context.h"

#include <sys/random.h>

#include <cerrno>
#include <climits>
#include <ctime>
#include <new>
#include <string>

#include "base/errors.h"
#include "context/fork_guard.h"
#include "reactor/epoll_poller.h"
#include "socket/interruption.h"

namespace zmqng {
namespace {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) seed = monotonic_us();
  return seed;
}

}  // namespace

Context* Context::make() {
  watch_forks();
  return new (std::nothrow) Context;
}

Context::Context() : fork_generation_(zmqng::fork_generation()), random_state_(random_seed()) {
  sem_init(&quiet_, 0, 0);
}

Context::~Context() {
  tag_ = 0;
  directory_.clear();
  reactors_.clear();
  sem_destroy(&quiet_);
}

// A child of fork has only this thread, and a lock that nobody may ever release.
std::unique_lock<std::mutex> Context::lock_unless_forked() {
  if (fork_generation_ != zmqng::fork_generation()) return {};
  return std::unique_lock(mutex_);
}

int Context::set(int number, int value) {
  const auto lock = lock_unless_forked();
  return set_context_option(options_, number, value).code;
}

int Context::get(int number, int* error) {
  const auto lock = lock_unless_forked();
  const Result<int> value = get_context_option(options_, number);
  *error = value.ok() ? 0 : value.error();
  return value.ok() ? value.value() : -1;
}

// ---- reactors

ThreadSettings Context::thread_settings(int index) const {
  ThreadSettings settings;
  if (!options_.thread_name_prefix.empty()) settings.name = options_.thread_name_prefix + "/";
  settings.name += "ZMQbg/IO/" + std::to_string(index);
  settings.sched_policy = options_.thread_sched_policy;
  settings.priority = options_.thread_priority;
  settings.cpus = options_.thread_affinity_cpus;
  return settings;
}

// All or none, so that a later attempt (with more descriptors to be had) starts afresh.
Error Context::start_reactors() {
  if (is_running_) return {};
  std::vector<std::unique_ptr<Reactor>> reactors;
  for (int i = 0; i < options_.io_threads; ++i) {
    Result<std::unique_ptr<Poller>> poller = EpollPoller::make();
    if (!poller.ok()) return Error{poller.error()};
    Result<std::unique_ptr<Reactor>> reactor = Reactor::make(poller.take());
    if (!reactor.ok()) return Error{reactor.error()};
    if (Error error = reactor.value()->start(thread_settings(i))) return error;
    reactors.push_back(reactor.take());
  }
  reactors_ = std::move(reactors);
  slots_max_ = options_.max_sockets;
  is_running_ = true;
  return {};
}

// Called with sockets alive, so `reactors_` does not change any more.
Reactor* Context::choose_reactor(std::uint64_t affinity) {
  Reactor* best = nullptr;
  for (std::size_t i = 0; i < reactors_.size(); ++i) {
    if (affinity != 0 && (i >= 64 || (affinity & (std::uint64_t{1} << i)) == 0)) continue;
    if (best == nullptr || reactors_[i]->load() < best->load()) best = reactors_[i].get();
  }
  return best;
}

Resolver& Context::resolver() {
  std::lock_guard lock(mutex_);
  if (resolver_ == nullptr) resolver_ = std::make_unique<Resolver>();
  return *resolver_;
}

std::uint32_t Context::random() {
  // splitmix64: good enough to spread things, never used for secrets.
  std::uint64_t x = random_state_.fetch_add(0x9e3779b97f4a7c15, std::memory_order_relaxed);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return static_cast<std::uint32_t>(x >> 32);
}

// ---- sockets

Socket* Context::make_socket(int type, int* error) {
  std::lock_guard lock(mutex_);
  *error = 0;
  if (is_stopped_) {
    *error = kEterm;
  } else if (Error failed = start_reactors()) {
    *error = failed.code == EAGAIN ? EMFILE : failed.code;
  } else if (slots_taken_ >= slots_max_) {
    *error = EMFILE;
  }
  if (*error != 0) return nullptr;
  const SocketOptions options = default_socket_options(type, options_.ipv6, options_.blocky);
  const Result<Socket*> made = Socket::make(*this, type, options, fork_generation_);
  if (!made.ok()) {
    *error = made.error();
    return nullptr;
  }
  Socket* socket = made.value();
  ++slots_taken_;
  socket->list_next = sockets_;
  if (sockets_ != nullptr) sockets_->list_previous = socket;
  sockets_ = socket;
  return socket;
}

void Context::socket_closed(Socket& socket) {
  std::lock_guard lock(mutex_);
  (socket.list_previous != nullptr ? socket.list_previous->list_next : sockets_) = socket.list_next;
  if (socket.list_next != nullptr) socket.list_next->list_previous = socket.list_previous;
  --slots_taken_;
  tell_if_quiet();
}

bool Context::take_socket_slot() {
  std::lock_guard lock(mutex_);
  if (slots_taken_ >= slots_max_) return false;
  ++slots_taken_;
  return true;
}

void Context::return_socket_slot() {
  std::lock_guard lock(mutex_);
  --slots_taken_;
}

void Context::work_started() {
  std::lock_guard lock(mutex_);
  ++work_;
}

void Context::work_finished() {
  std::lock_guard lock(mutex_);
  --work_;
  tell_if_quiet();
}

void Context::tell_if_quiet() {
  if (is_terminating_ && is_quiet()) sem_post(&quiet_);
}

// ---- the end

void Context::shutdown() {
  std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  is_stopped_ = true;
  for (Socket* socket = sockets_; socket != nullptr; socket = socket->list_next) socket->stop();
}

int Context::terminate() {
  if (fork_generation_ != zmqng::fork_generation()) return abandon_in_child();
  shutdown();
  {
    std::lock_guard lock(mutex_);
    is_terminating_ = true;
    tell_if_quiet();
  }
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (is_quiet()) break;
    }
    if (sem_wait(&quiet_) != 0 && interruption_is_wanted()) return EINTR;
  }
  delete this;
  return 0;
}

// In a child of fork nothing of this context works: its threads and locks are the parent's. The
// memory is left alone.
int Context::abandon_in_child() {
  tag_ = 0;
  return 0;
}

}  // namespace zmqng
