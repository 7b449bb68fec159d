#include "socket/poll.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <new>

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
//
// As long as a socket is ready no descriptor is asked but plain ones. To sleep, all sockets are
// armed to signal the descriptor of one of them; a socket whose ZMQ_FD somebody watches keeps its
// own.
class PollCall {
 public:
  PollCall(PollItem* items, int count) : items_(items), count_(count) {}
  PollCall(const PollCall&) = delete;
  PollCall& operator=(const PollCall&) = delete;

  int run(long timeout_ms, int* ready) {
    const int error = poll(timeout_ms, ready);
    if (exported_ == 0) return error;
    for (int i = 0; i < count_; ++i) {
      if (items_[i].socket != nullptr) items_[i].socket->give_back_signal();
    }
    return error;
  }

 private:
  static constexpr int kEntriesWithin = 32;

  int poll(long timeout_ms, int* ready) {
    count_plain();
    const Millis deadline = timeout_ms == 0 ? 0 : deadline_after(monotonic_ms(), timeout_ms);
    for (;;) {
      if (int error = look_at_sockets()) return error;
      const bool wants_sleep = ready_ == 0 && timeout_ms != 0;
      if (wants_sleep || plain_ > 0) {
        if (int error = make_room()) return error;
        const bool may_sleep = wants_sleep && arm_all();
        const int error = wait(may_sleep ? deadline : 0);
        if (may_sleep) disarm_all();
        if (error != 0) return error;
        // Whatever woke us may be ready now.
        if (was_woken_) {
          if (int failed = look_at_sockets()) return failed;
        }
      }
      *ready = ready_ + plain_ready_;
      if (*ready > 0 || timeout_ms == 0 || monotonic_ms() >= deadline) return 0;
    }
  }

  void count_plain() {
    for (int i = 0; i < count_; ++i) {
      items_[i].revents = 0;
      if (items_[i].socket == nullptr && items_[i].fd >= 0) ++plain_;
    }
  }

  // For what is asked of the system; also finds out whose descriptor is to tell of sockets.
  int make_room() {
    if (has_room_) return 0;
    has_room_ = true;
    for (int i = 0; i < count_; ++i) {
      Socket* socket = items_[i].socket;
      if (socket == nullptr) continue;
      if (socket->is_wake_fd_exported()) {
        ++exported_;
      } else if (waker_ == nullptr) {
        waker_ = socket;
      }
    }
    const int entries = plain_ + exported_ + 1;
    if (entries <= kEntriesWithin) return 0;
    entries_beyond_.reset(new (std::nothrow) pollfd[static_cast<std::size_t>(entries)]);
    entries_ = entries_beyond_.get();
    return entries_ != nullptr ? 0 : ENOMEM;
  }

  int look_at_sockets() {
    ready_ = 0;
    for (int i = 0; i < count_; ++i) {
      PollItem& item = items_[i];
      if (item.socket == nullptr) continue;
      int found = 0;
      if (int error = item.socket->look(item.events, &found)) return error;
      item.revents = static_cast<short>(found);
      ready_ += found != 0 ? 1 : 0;
    }
    return 0;
  }

  // Thousands of sockets do not fit into the nearest cache.
  void prefetch(int i) const {
    constexpr int kAhead = 8;
    if (count_ - i > kAhead && items_[i + kAhead].socket != nullptr) {
      items_[i + kAhead].socket->prefetch();
    }
  }

  bool arm_all() {
    for (int i = 0; i < count_; ++i) {
      prefetch(i);
      Socket* socket = items_[i].socket;
      if (socket == nullptr) continue;
      const bool is_armed =
          socket->is_wake_fd_exported() ? socket->arm() : socket->arm_for(*waker_);
      if (is_armed) continue;
      while (--i >= 0) {
        if (items_[i].socket != nullptr) items_[i].socket->disarm();
      }
      return false;
    }
    return true;
  }

  void disarm_all() {
    for (int i = 0; i < count_; ++i) {
      prefetch(i);
      if (items_[i].socket != nullptr) items_[i].socket->disarm();
    }
  }

  // Whether the item has a descriptor of its own to be polled.
  static bool has_entry(const PollItem& item) {
    return item.socket == nullptr ? item.fd >= 0 : item.socket->is_wake_fd_exported();
  }

  nfds_t fill_entries() {
    nfds_t used = 0;
    if (waker_ != nullptr) entries_[used++] = {waker_->wake_fd(), POLLIN, 0};
    for (int i = 0; i < count_ && plain_ + exported_ > 0; ++i) {
      const PollItem& item = items_[i];
      if (!has_entry(item)) continue;
      entries_[used++] = item.socket != nullptr ? pollfd{item.socket->wake_fd(), POLLIN, 0}
                                                : pollfd{item.fd, to_system(item.events), 0};
    }
    return used;
  }

  // Waits on the descriptors until `deadline` (0: looks only) and notes what plain ones are ready.
  int wait(Millis deadline) {
    was_woken_ = false;
    const nfds_t used = fill_entries();
    for (;;) {
      Millis left = deadline == kNever ? -1 : 0;
      if (deadline != kNever && deadline != 0) {
        left = std::clamp<Millis>(deadline - monotonic_ms(), 0, INT_MAX);
      }
      const int count = ::poll(entries_, used, static_cast<int>(left));
      if (count >= 0) break;
      if (errno != EINTR) return errno;
      if (deadline == 0) continue;
      if (interruption_is_wanted()) return EINTR;
    }
    take_in_entries();
    return 0;
  }

  void take_in_entries() {
    plain_ready_ = 0;
    const pollfd* entry = entries_;
    if (waker_ != nullptr) take_in_signal(*waker_, *entry++);
    for (int i = 0; i < count_ && plain_ + exported_ > 0; ++i) {
      PollItem& item = items_[i];
      if (!has_entry(item)) continue;
      if (item.socket != nullptr) {
        take_in_signal(*item.socket, *entry);
      } else {
        item.revents = from_system(entry->revents);
        plain_ready_ += item.revents != 0 ? 1 : 0;
      }
      ++entry;
    }
  }

  void take_in_signal(Socket& socket, const pollfd& entry) {
    if (entry.revents == 0) return;
    was_woken_ = true;
    socket.clear_wake_fd();
  }

  PollItem* items_;
  int count_;
  int plain_ = 0;     // items that are plain descriptors
  int exported_ = 0;  // sockets whose ZMQ_FD is watched by somebody else as well
  int ready_ = 0;     // sockets with events
  int plain_ready_ = 0;
  bool was_woken_ = false;
  bool has_room_ = false;
  Socket* waker_ = nullptr;  // its descriptor tells of all sockets that are not exported
  pollfd within_[kEntriesWithin];
  std::unique_ptr<pollfd[]> entries_beyond_;
  pollfd* entries_ = within_;
};

}  // namespace

int poll_items(PollItem* items, int count, long timeout_ms, int* ready) {
  return PollCall(items, count).run(timeout_ms, ready);
}

}  // namespace zmqng
