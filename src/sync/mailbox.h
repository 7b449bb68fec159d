// Mailbox: a lock-free list of the things that want their owner's attention. No command objects:
// what waits in the list is the thing itself (an Attention inside a PipeEnd, a Link, ...) with
// reason bits.
//
// Owner:   refcounted; held by its Socket or Reactor and by every Attention that can be posted to
// it. Threads: `post` from anywhere; everything else by the one thread that owns the mailbox.
//
//   poster:  reasons |= r, queued      if it was not queued: push, then  armed? -> wake
//   owner:   arm, look again, sleep    on waking: disarm, take the list; per entry: reasons -> 0,
//   serve
//
// An Attention whose owner leaves while it is queued (or being pushed) is departed by whoever gets
// it out of the list, so its memory must outlive the queueing: see Attention::leave.
#pragma once

#include <cstdint>

#include "sync/atomic.h"
#include "sync/parker.h"
#include "sync/wake_fd.h"

namespace zmqng {

class Mailbox;

class Attention {
 public:
  // Serves the reasons that were posted; runs on the thread that owns the mailbox.
  using Serve = void (*)(Attention&, std::uint32_t reasons);
  // Runs once after leave(), when no list holds the Attention any more; may free it. Any thread.
  using Departed = void (*)(Attention&);

  Attention(Serve serve, Departed departed) : serve_(serve), departed_(departed) {}
  Attention(const Attention&) = delete;
  Attention& operator=(const Attention&) = delete;

  // Asks the owner of `mailbox` to serve `reasons` (any bits below kQueued). Any thread. The caller
  // guarantees that the mailbox lives until the call returns.
  void post(Mailbox& mailbox, std::uint32_t reasons);

  // Takes this out of service: no Serve after this. `departed` runs now or when the list lets go of
  // it. Only by the owner of the mailbox that this is posted to.
  void leave();

  static constexpr std::uint32_t kQueued = 1u << 31;
  static constexpr std::uint32_t kLeft = 1u << 30;

 private:
  friend class Mailbox;

  // A closed mailbox has dropped this.
  void let_go();

  Atomic<std::uint32_t> reasons_{0};
  Attention* next_ = nullptr;
  Serve serve_;
  Departed departed_;
};

class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  Mailbox* add_ref() {
    refs_.fetch_add(1, std::memory_order_relaxed);
    return this;
  }
  void drop() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  bool is_empty() const { return head_.load(std::memory_order_relaxed) == nullptr; }

  // Serves everything that is queued, oldest first. Owner only.
  void serve_all();

  // Announces that the owner is about to sleep (or that the descriptor must tell of the next post).
  // False: something is already there, and the mailbox is not armed.
  // `by`: how it is to be told.
  enum class Wake : std::uint8_t { fd, parker };
  [[nodiscard]] bool arm(Wake by = Wake::fd);
  // The same for an owner of many mailboxes who sleeps on the descriptor of one of them, `waker`.
  [[nodiscard]] bool arm_for(Mailbox& waker) { return arm_with(&waker); }
  // A wake-up that is on its way already may still arrive after this, also at a `waker`, which
  // lives until then.
  void disarm() { set_waker(nullptr); }
  bool is_armed() const { return waker_.load(std::memory_order_relaxed) != nullptr; }

  // Wakes the owner without posting anything.
  void wake();

  // No more service: queued entries are dropped, late posts are departed by the poster.
  void close();

  WakeFd& fd() { return fd_; }
  Parker& parker() { return parker_; }

 private:
  friend class Attention;
  ~Mailbox() = default;

  void push(Attention& entry);
  bool arm_with(Mailbox* waker);
  void set_waker(Mailbox* waker);
  bool is_other(Mailbox* waker) const {
    return waker != nullptr && waker != this && waker != parker_mark();
  }
  static Mailbox* parker_mark() { return reinterpret_cast<Mailbox*>(1); }
  static Attention* reverse(Attention* list);
  static Attention* closed_mark() { return reinterpret_cast<Attention*>(1); }

  Atomic<Attention*> head_{nullptr};
  // Whose descriptor the next post signals, or null: not armed, or the mark: our parker. Whoever
  // takes it out signals. It stands for one count on the waker, if that is another mailbox.
  Atomic<Mailbox*> waker_{nullptr};
  Atomic<unsigned> refs_{1};
  Parker parker_;
  WakeFd fd_;
};

}  // namespace zmqng
