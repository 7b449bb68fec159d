// Reactor: one I/O thread's loop: wait, mailbox, descriptors, timers.
//
// Owner:   Context. Threads: its own, but for the mailbox, load(), start and stop.
// Holds:   what is retired during a turn is buried at its end, so that no event of the same turn
//          meets a dead object.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "message/block_cache.h"
#include "reactor/poller.h"
#include "reactor/rounds.h"
#include "reactor/timers.h"
#include "sync/mailbox.h"

namespace zmqng {

// Something that ends at the end of the turn.
class Retiree {
 public:
  virtual void bury() = 0;

 protected:
  ~Retiree() = default;
};

// How the thread of a reactor is made.
struct ThreadSettings {
  std::string name;
  int sched_policy = -1;  // negative: inherited
  int priority = -1;
  std::vector<int> cpus;  // empty: all
};

class Reactor final : private FdHandler, private BlockCache::Janitor {
 public:
  using NowFunction = Millis (*)();
  static constexpr std::size_t kScratchBytes = 64 * 1024;

  // Opens the mailbox's descriptor. Errors: EMFILE, ENFILE, ENOMEM, ENOSPC.
  static Result<std::unique_ptr<Reactor>> make(std::unique_ptr<Poller> poller,
                                               NowFunction now = monotonic_ms);
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Errors: EAGAIN (no thread to be had).
  Error start(const ThreadSettings& settings);
  // Ends the thread after its current turn and joins it. Whatever is still queued is not served.
  void stop();

  // One turn; waits at most `wait_max` ms.
  void run_once(Millis wait_max);

  Mailbox& mailbox() { return *mailbox_; }
  Poller& poller() { return *poller_; }
  Timers& timers() { return timers_; }
  Rounds& rounds() { return rounds_; }
  // The time at the start of the turn.
  Millis now() const { return now_; }
  // Stops watching, also for events of this turn that were not handled yet.
  void unwatch(Watch& watch);
  void retire(Retiree& retiree) { retired_.push_back(&retiree); }
  // Room for one read; its content is gone when the caller returns.
  std::uint8_t* scratch() { return scratch_.get(); }

  // The number of descriptors served here, for choosing a reactor.
  void add_load(int change) { load_.fetch_add(change, std::memory_order_relaxed); }
  int load() const { return load_.load(std::memory_order_relaxed); }

 private:
  static constexpr int kEventsMax = 256;
  static constexpr Millis kCleanEveryMs = 1000;

  Reactor(std::unique_ptr<Poller> poller, NowFunction read_clock);
  void fd_ready(std::uint32_t ready) override;
  void cache_filled() override { mailbox_->wake(); }
  Millis time_until(Millis next, Millis wait_max) const;
  void wait(Millis wait_max);
  void clean_up();
  static void* thread_main(void* self);
  void apply(const ThreadSettings& settings);
  void handle_events();
  void bury_retired();

  std::unique_ptr<Poller> poller_;
  NowFunction read_clock_;
  Mailbox* mailbox_;
  Watch mailbox_watch_;
  Timers timers_;
  Rounds rounds_;
  bool is_janitor_ = false;   // of the cache of blocks, as long as the thread runs
  Millis clean_at_ = kNever;  // when to look at the cache of blocks
  Millis now_;
  std::unique_ptr<std::uint8_t[]> scratch_;
  ReadyEvent events_[kEventsMax];
  int events_left_from_ = 0;
  int events_count_ = 0;
  std::vector<Retiree*> retired_;
  std::atomic<bool> must_stop_{false};
  std::atomic<int> load_{0};
  pthread_t thread_{};
  bool has_thread_ = false;
};

}  // namespace zmqng
