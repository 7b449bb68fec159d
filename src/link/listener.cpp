#include "link/listener.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "link/link.h"

namespace zmqng {

Listener::Listener(LinkHost& host, Reactor& reactor, LinkSettings* settings, Listening listening)
    : Attention(serve, departed),
      host_(host),
      reactor_(reactor),
      settings_(settings),
      listening_(std::move(listening)),
      watch_(*this),
      timer_(*this) {
  host_.add_ref();
}

Listener::~Listener() {
  settings_->drop();
  host_.drop();
}

Listener* Listener::make(LinkHost& host, Reactor& reactor, LinkSettings* settings,
                         Listening listening) {
  return new (std::nothrow) Listener(host, reactor, settings, std::move(listening));
}

void Listener::start() {
  host_.listener_started();
  reactor_.add_load(1);
  post(reactor_.mailbox(), kStart);
}

void Listener::stop() {
  int number = -1;
  Error error;
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return;
    is_closed_ = true;
    reactor_.poller().unwatch(watch_);
    number = listening_.fd.get();
    error = settings_->transport->close_listening(listening_);
  }
  if (error) {
    host_.emit(MonitorEventKind::close_failed, static_cast<std::uint64_t>(error.code),
               settings_->endpoint);
  } else {
    host_.emit(MonitorEventKind::closed, static_cast<std::uint64_t>(number), settings_->endpoint);
  }
  post(reactor_.mailbox(), kStop);
}

void Listener::drop() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void Listener::serve(Attention& attention, std::uint32_t reasons) {
  auto& self = static_cast<Listener&>(attention);
  if ((reasons & kStop) != 0) {
    self.reactor_.timers().cancel(self.timer_);
    self.reactor_.retire(self);
  } else if ((reasons & kStart) != 0) {
    self.begin();
  }
}

// False: closed, or the kernel has no room for one more watch.
bool Listener::begin() {
  Error error;
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return false;
    error = reactor_.poller().watch(watch_, listening_.fd.get(), kReadyIn);
  }
  if (error) pause(error.code);
  return !error;
}

// Visitors mostly come alone: it takes a crowd to look for a second one in the same turn.
void Listener::fd_ready(std::uint32_t) {
  for (int i = 0; i < accepts_; ++i) {
    if (accept_one()) continue;
    accepts_ = 1;
    return;
  }
  accepts_ = std::min(2 * accepts_, kAcceptsPerTurn);
}

// False: no more for now.
bool Listener::accept_one() {
  AcceptOutcome outcome;
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return false;
    outcome = settings_->transport->accept(listening_, settings_->transport_options);
  }
  switch (outcome.status) {
    case AcceptOutcome::Status::accepted:
      last_reported_error_ = 0;
      transient_failures_ = 0;
      take_in(std::move(outcome.stream));
      return true;
    case AcceptOutcome::Status::try_later:
      return false;
    case AcceptOutcome::Status::refused:
      host_.emit(MonitorEventKind::accept_failed, static_cast<std::uint64_t>(outcome.error),
                 settings_->endpoint);
      return true;
    case AcceptOutcome::Status::transient:
      // This one visitor is lost; a firewall that refuses all of them must not keep us busy.
      if (++transient_failures_ > kTransientMax) {
        pause(outcome.error);
        return false;
      }
      report(outcome.error);
      return true;
    case AcceptOutcome::Status::exhausted:
    case AcceptOutcome::Status::broken:
      pause(outcome.error);
      return false;
  }
  return false;
}

void Listener::take_in(std::unique_ptr<Stream> stream) {
  host_.emit(MonitorEventKind::accepted, static_cast<std::uint64_t>(stream->fd()),
             settings_->endpoint);
  Reactor& reactor = host_.choose_reactor(settings_->options.affinity);
  Link* link = Link::make_accepted(host_, reactor, settings_->add_ref(), std::move(stream));
  if (link == nullptr) {
    settings_->drop();
    return;
  }
  if (&reactor == &reactor_) {
    link->start_here();
  } else {
    link->start();
  }
}

// The kernel would report the waiting connection again and again; a pause costs nothing. One stall
// is reported once.
void Listener::pause(int error) {
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return;
    reactor_.poller().unwatch(watch_);
  }
  reactor_.timers().set(timer_, reactor_.now() + kPauseMs);
  transient_failures_ = 0;
  report(error);
}

void Listener::report(int error) {
  if (error == last_reported_error_) return;
  last_reported_error_ = error;
  host_.emit(MonitorEventKind::accept_failed, static_cast<std::uint64_t>(error),
             settings_->endpoint);
}

void Listener::timer_expired(Millis) {
  if (begin()) fd_ready(kReadyIn);
}

void Listener::bury() {
  reactor_.add_load(-1);
  host_.listener_finished();
  leave();
}

void Listener::departed(Attention& attention) {
  static_cast<Listener&>(attention).drop();
}

}  // namespace zmqng
