#include "socket/poll.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <vector>

#include "socket/interruption.h"

namespace zmqng {
namespace {

short to_system(short events) {
  short result = 0;
  if ((events & kPollIn) != 0) result |= POLLIN;
  if ((events & kPollOut) != 0) result |= POLLOUT;
  if ((events & kPollPriority) != 0) result |= POLLPRI;
  return result;
}

short from_system(short events) {
  short result = 0;
  if ((events & POLLIN) != 0) result |= kPollIn;
  if ((events & POLLOUT) != 0) result |= kPollOut;
  if ((events & POLLPRI) != 0) result |= kPollPriority;
  if ((events & ~(POLLIN | POLLOUT | POLLPRI)) != 0) result |= kPollError;
  return result;
}

// One call of zmq_poll.
class PollCall {
 public:
  PollCall(PollItem* items, int count) : items_(items), count_(count) {}

  int run(long timeout_ms, int* ready) {
    if (int error = prepare()) return error;
    const int error = poll(timeout_ms, ready);
    for (int i = 0; i < count_; ++i) {
      if (items_[i].socket != nullptr) items_[i].socket->give_back_signal();
    }
    return error;
  }

 private:
  int poll(long timeout_ms, int* ready) {
    const Millis deadline = deadline_after(monotonic_ms(), timeout_ms);
    for (;;) {
      if (int error = look_at_sockets()) return error;
      const bool may_sleep = count_ready() == 0 && timeout_ms != 0 && arm_all();
      const int error = wait(may_sleep ? deadline : 0);
      if (may_sleep) disarm_all();
      if (error != 0) return error;
      // Whatever woke us may be ready now; plain descriptors keep what was noted.
      if (was_woken_) {
        if (int failed = look_at_sockets()) return failed;
      }
      *ready = count_ready();
      if (*ready > 0 || timeout_ms == 0 || monotonic_ms() >= deadline) return 0;
    }
  }

  int prepare() {
    for (int i = 0; i < count_; ++i) {
      PollItem& item = items_[i];
      item.revents = 0;
      pollfd entry{item.fd, to_system(item.events), 0};
      if (item.socket != nullptr) {
        if (!item.socket->is_valid()) return ENOTSOCK;
        entry.fd = item.socket->wake_fd();
        entry.events = POLLIN;
      }
      fds_.push_back(entry);
    }
    return 0;
  }

  int look_at_sockets() {
    for (int i = 0; i < count_; ++i) {
      PollItem& item = items_[i];
      if (item.socket == nullptr) continue;
      item.revents = 0;
      if (int error = item.socket->serve()) return error;
      if (item.events == 0) continue;
      item.revents = static_cast<short>(item.socket->ready_events() & item.events);
    }
    return 0;
  }

  int count_ready() const {
    int ready = 0;
    for (int i = 0; i < count_; ++i) ready += items_[i].revents != 0 ? 1 : 0;
    return ready;
  }

  bool arm_all() {
    for (int i = 0; i < count_; ++i) {
      Socket* socket = items_[i].socket;
      if (socket == nullptr || socket->arm()) continue;
      while (--i >= 0) {
        if (items_[i].socket != nullptr) items_[i].socket->disarm();
      }
      return false;
    }
    return true;
  }

  void disarm_all() {
    for (int i = 0; i < count_; ++i) {
      if (items_[i].socket != nullptr) items_[i].socket->disarm();
    }
  }

  // Waits on the descriptors until `deadline` (0: looks only) and notes what plain ones are ready.
  int wait(Millis deadline) {
    was_woken_ = false;
    for (;;) {
      Millis left = deadline == kNever ? -1 : 0;
      if (deadline != kNever && deadline != 0) {
        left = std::clamp<Millis>(deadline - monotonic_ms(), 0, INT_MAX);
      }
      const int count = ::poll(fds_.data(), fds_.size(), static_cast<int>(left));
      if (count >= 0) break;
      if (errno != EINTR) return errno;
      if (deadline == 0) continue;
      if (interruption_is_wanted()) return EINTR;
    }
    for (int i = 0; i < count_; ++i) take_in(items_[i], fds_[static_cast<std::size_t>(i)]);
    return 0;
  }

  void take_in(PollItem& item, const pollfd& entry) {
    if (entry.revents == 0) return;
    if (item.socket != nullptr) {
      was_woken_ = true;
      item.socket->clear_wake_fd();
      return;
    }
    item.revents = from_system(entry.revents);
  }

  PollItem* items_;
  int count_;
  bool was_woken_ = false;
  std::vector<pollfd> fds_;
};

}  // namespace

int poll_items(PollItem* items, int count, long timeout_ms, int* ready) {
  return PollCall(items, count).run(timeout_ms, ready);
}

}  // namespace zmqng
