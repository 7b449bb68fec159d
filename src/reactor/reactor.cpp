#include "reactor/reactor.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>
#include <new>

#include "base/fast_paths.h"

namespace zmqng {

Result<std::unique_ptr<Reactor>> Reactor::make(std::unique_ptr<Poller> poller, NowFunction now) {
  std::unique_ptr<Reactor> reactor(new (std::nothrow) Reactor(std::move(poller), now));
  if (reactor == nullptr) return Error{ENOMEM};
  if (Error error = reactor->mailbox_->fd().open()) return error;
  if (Error error = reactor->poller_->watch(reactor->mailbox_watch_, reactor->mailbox_->fd().get(),
                                            kReadyIn)) {
    return error;
  }
  return reactor;
}

Reactor::Reactor(std::unique_ptr<Poller> poller, NowFunction read_clock)
    : poller_(std::move(poller)),
      read_clock_(read_clock),
      mailbox_(new Mailbox),
      mailbox_watch_(*this),
      rounds_(poller_->has_short_waits() && fast_paths().makes_rounds),
      now_(read_clock()),
      scratch_(new std::uint8_t[kScratchBytes]) {}

Reactor::~Reactor() {
  stop();
  mailbox_->close();
  poller_->unwatch(mailbox_watch_);
  mailbox_->drop();
}

Error Reactor::start(const ThreadSettings& settings) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // Signals are the application's business: its own threads take them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&thread_, &attributes, thread_main, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error != 0) return Error{error};
  has_thread_ = true;
  apply(settings);
  return {};
}

// A scheduling wish that the system refuses is no reason not to run.
void Reactor::apply(const ThreadSettings& settings) {
  if (!settings.name.empty()) pthread_setname_np(thread_, settings.name.substr(0, 15).c_str());
  if (settings.sched_policy >= 0 || settings.priority >= 0) {
    int policy = SCHED_OTHER;
    sched_param parameters{};
    pthread_getschedparam(thread_, &policy, &parameters);
    if (settings.sched_policy >= 0) policy = settings.sched_policy;
    if (settings.priority >= 0) parameters.sched_priority = settings.priority;
    pthread_setschedparam(thread_, policy, &parameters);
  }
  if (!settings.cpus.empty()) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int cpu : settings.cpus) {
      if (cpu < CPU_SETSIZE) CPU_SET(static_cast<std::size_t>(cpu), &set);
    }
    pthread_setaffinity_np(thread_, sizeof set, &set);
  }
}

void Reactor::stop() {
  if (!has_thread_) return;
  must_stop_.store(true, std::memory_order_release);
  mailbox_->fd().signal();
  pthread_join(thread_, nullptr);
  has_thread_ = false;
}

void* Reactor::thread_main(void* self) {
  auto& reactor = *static_cast<Reactor*>(self);
  BlockCache::shared().add(reactor);
  reactor.is_janitor_ = true;
  // Short waits shall not be stretched by the 50 us that a thread is given by default.
  ::prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);
  while (!reactor.must_stop_.load(std::memory_order_acquire)) reactor.run_once(kNever);
  reactor.is_janitor_ = false;
  BlockCache::shared().remove(reactor);
  return nullptr;
}

void Reactor::run_once(Millis wait_max) {
  wait(wait_max);
  now_ = read_clock_();
  mailbox_->serve_all();
  handle_events();
  rounds_.make();
  timers_.run(now_);
  if (now_ >= clean_at_) clean_up();
  bury_retired();
}

void Reactor::wait(Millis wait_max) {
  Millis timeout = 0;
  const bool may_sleep = mailbox_->arm();
  if (may_sleep) {
    if (clean_at_ == kNever && is_janitor_ && BlockCache::shared().wants_trim()) {
      clean_at_ = now_ + kCleanEveryMs;
    }
    timeout = time_until(std::min(timers_.next_deadline(), clean_at_), wait_max);
  }
  const bool is_short = timeout != 0 && !rounds_.is_empty();
  events_count_ = is_short ? poller_->wait_shortly(Rounds::kEveryUs, events_, kEventsMax)
                           : poller_->wait(timeout, events_, kEventsMax);
  events_left_from_ = 0;
  if (may_sleep) mailbox_->disarm();
  rounds_.begin_turn(is_short && events_count_ == 0);
}

// What a poller takes: negative means for ever.
Millis Reactor::time_until(Millis next, Millis wait_max) const {
  const Millis wait =
      next == kNever ? wait_max : std::clamp<Millis>(next - read_clock_(), 0, wait_max);
  return wait == kNever ? -1 : wait;
}

void Reactor::clean_up() {
  BlockCache::shared().trim();
  clean_at_ = kNever;
}

void Reactor::handle_events() {
  while (events_left_from_ < events_count_) {
    const ReadyEvent event = events_[events_left_from_++];
    if (event.watch != nullptr) event.watch->handler->fd_ready(event.ready);
  }
  events_count_ = 0;
}

void Reactor::unwatch(Watch& watch) {
  poller_->unwatch(watch);
  for (int i = events_left_from_; i < events_count_; ++i) {
    if (events_[i].watch == &watch) events_[i].watch = nullptr;
  }
}

void Reactor::fd_ready(std::uint32_t) {
  mailbox_->fd().clear();
}

void Reactor::bury_retired() {
  // Burying may retire more.
  while (!retired_.empty()) {
    std::vector<Retiree*> batch;
    batch.swap(retired_);
    for (Retiree* retiree : batch) retiree->bury();
  }
}

}  // namespace zmqng
