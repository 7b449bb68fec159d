#include "link/dialer.h"

#include <cerrno>
#include <utility>

namespace zmqng {

Dialer::Dialer(DialerOwner& owner, Reactor& reactor, LinkHost& host, const LinkSettings& settings)
    : Attention(serve_answer, free_self),
      owner_(owner),
      reactor_(reactor),
      host_(host),
      settings_(settings),
      backoff_(settings.options.reconnect_ivl, settings.options.reconnect_ivl_max),
      watch_(*this),
      timer_(*this) {}

Dialer::~Dialer() = default;

void Dialer::report(MonitorEventKind kind, std::uint64_t value) {
  host_.emit(kind, value, settings_.endpoint);
}

void Dialer::dial() {
  stop();
  was_refused_ = false;
  Result<ConnectPlan> planned =
      settings_.transport->plan(settings_.address, settings_.transport_options);
  if (!planned.ok()) {
    attempt_failed();
    return;
  }
  ConnectPlan plan = planned.take();
  source_ = plan.source;
  if (!plan.needs_name) {
    remotes_ = std::move(plan.remotes);
    next_remote_ = 0;
    try_next();
    return;
  }
  Result<ResolveToken> request = host_.resolver().resolve(plan.name, *this);
  if (!request.ok()) {
    attempt_failed();
    return;
  }
  state_ = State::resolving;
  token_ = request.value();
}

void Dialer::name_resolved(ResolveToken token, Result<AddressList> answer) {
  {
    std::lock_guard lock(answer_mutex_);
    answer_token_ = token;
    answer_ = std::move(answer);
  }
  // The reactor may be at its end before this thread has done with the mailbox.
  Mailbox* mailbox = reactor_.mailbox().add_ref();
  post(*mailbox, 1);
  mailbox->drop();
}

void Dialer::serve_answer(Attention& attention, std::uint32_t) {
  static_cast<Dialer&>(attention).take_answer();
}

void Dialer::take_answer() {
  Result<AddressList> answer{AddressList{}};
  {
    std::lock_guard lock(answer_mutex_);
    if (answer_token_ != token_ || state_ != State::resolving) return;
    answer = std::move(answer_);
  }
  token_ = 0;
  if (!answer.ok()) {
    attempt_failed();
    return;
  }
  remotes_ = answer.take();
  next_remote_ = 0;
  try_next();
}

// Goes through the addresses until one connects, is under way, or none is left.
void Dialer::try_next() {
  while (next_remote_ < remotes_.size()) {
    const Target target{remotes_[next_remote_++], source_};
    ConnectOutcome outcome = settings_.transport->connect(target, settings_.transport_options);
    const bool was_delayed = outcome.ok() && (outcome.in_progress || outcome.was_delayed);
    if (was_delayed && settings_.transport->reports_delay()) {
      report(MonitorEventKind::connect_delayed, EINPROGRESS);
    }
    if (!outcome.ok()) {
      if (outcome.failed_fd >= 0) {
        report(MonitorEventKind::closed, static_cast<std::uint64_t>(outcome.failed_fd));
      }
      continue;
    }
    if (!outcome.in_progress) {
      established(std::move(outcome.stream));
      return;
    }
    pending_ = std::move(outcome.stream);
    if (reactor_.poller().watch(watch_, pending_->fd(), kReadyOut)) {
      close_pending();
      continue;
    }
    state_ = State::connecting;
    const int limit = settings_.options.connect_timeout;
    if (limit > 0) reactor_.timers().set(timer_, reactor_.now() + limit);
    return;
  }
  attempt_failed();
}

void Dialer::fd_ready(std::uint32_t) {
  if (state_ != State::connecting) return;
  reactor_.timers().cancel(timer_);
  if (Error error = settings_.transport->finish_connect(*pending_)) {
    was_refused_ = error.code == ECONNREFUSED;
    close_pending();
    try_next();
    return;
  }
  reactor_.unwatch(watch_);
  established(std::move(pending_));
}

void Dialer::close_pending() {
  reactor_.unwatch(watch_);
  if (pending_ == nullptr) return;
  const int number = pending_->fd();
  pending_.reset();
  report(MonitorEventKind::closed, static_cast<std::uint64_t>(number));
}

void Dialer::established(std::unique_ptr<Stream> stream) {
  state_ = State::idle;
  backoff_.reset();
  remotes_.clear();
  report(MonitorEventKind::connected, static_cast<std::uint64_t>(stream->fd()));
  owner_.dialer_connected(std::move(stream));
}

void Dialer::attempt_failed() {
  state_ = State::idle;
  const bool is_final = was_refused_ && (settings_.options.reconnect_stop & kStopWhenRefused) != 0;
  if (is_final || !backoff_.is_enabled() || host_.has_stopped_reconnecting()) {
    owner_.dialer_gave_up();
    return;
  }
  redial();
}

void Dialer::redial() {
  const Millis wait = backoff_.next(host_.random());
  state_ = State::waiting;
  reactor_.timers().set(timer_, reactor_.now() + wait);
  report(MonitorEventKind::connect_retried, static_cast<std::uint64_t>(wait));
}

void Dialer::timer_expired(Millis) {
  if (state_ == State::waiting) {
    dial();
  } else if (state_ == State::connecting) {
    close_pending();
    try_next();
  }
}

void Dialer::stop() {
  if (token_ != 0) host_.resolver().cancel(std::exchange(token_, 0));
  reactor_.timers().cancel(timer_);
  reactor_.unwatch(watch_);
  pending_.reset();
  state_ = State::idle;
}

void Dialer::dismiss(std::unique_ptr<Dialer> dialer) {
  dialer->stop();
  // An answer may still be queued in the mailbox; freed once it is out.
  dialer.release()->leave();
}

void Dialer::free_self(Attention& attention) {
  delete static_cast<Dialer*>(&attention);
}

}  // namespace zmqng
