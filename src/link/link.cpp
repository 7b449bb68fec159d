#include "link/link.h"

#include "sync/yield.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace zmqng {

Link::Link(LinkHost& host, Reactor& reactor, LinkSettings* settings)
    : Attention(serve, departed),
      host_(host),
      reactor_(reactor),
      settings_(settings),
      timer_(*this) {
  host_.add_ref();
}

Link::~Link() {
  settings_->drop();
  host_.drop();
}

Link* Link::make_dialed(LinkHost& host, Reactor& reactor, LinkSettings* settings, PipeEnd* far) {
  auto* link = new (std::nothrow) Link(host, reactor, settings);
  if (link == nullptr) return nullptr;
  link->far_ = far;
  if (far != nullptr) far->set_mailbox(reactor.mailbox());
  link->dialer_.reset(new Dialer(*link, reactor, host, *settings));
  return link;
}

Link* Link::make_accepted(LinkHost& host, Reactor& reactor, LinkSettings* settings,
                          std::unique_ptr<Stream> stream) {
  auto* link = new (std::nothrow) Link(host, reactor, settings);
  if (link == nullptr) return nullptr;
  link->opened_ = std::move(stream);
  return link;
}

void Link::start() {
  host_.link_started(*this);
  reactor_.add_load(1);
  post(reactor_.mailbox(), kStart);
}

void Link::start_here() {
  host_.link_started(*this);
  reactor_.add_load(1);
  begin();
}

void Link::post_stop(int linger_ms) {
  stop_linger_ms_.store(linger_ms, std::memory_order_release);
  post(reactor_.mailbox(), kStop);
}

// Everything that touches the connection or the pipe runs in here. If a thread of the application
// is at it, it is noted, and we are told when the baton is free.
void Link::run(std::uint32_t due) {
  due_ |= due;
  if (is_running_) return;
  Pipe* pipe = far_ != nullptr ? &far_->pipe() : nullptr;
  if (pipe != nullptr && !pipe->baton().take_or_note()) {
    yield_thread();  // it won't be long, and it may need this core
    return;
  }
  is_running_ = true;
  while (due_ != 0) do_what_is_due();
  is_running_ = false;
  share_pipe();
  if (pipe == nullptr) return;
  const bool is_free = pipe->baton().put_down();
  CHECK(is_free);  // nobody but us leaves notes
}

void Link::do_what_is_due() {
  const std::uint32_t due = std::exchange(due_, 0);
  if ((due & kDueConnected) != 0) open_connection(std::move(opened_));
  if ((due & kDueGivenUp) != 0) finish();
  if ((due & kDueTimer) != 0) serve_time();
  if ((due & kDueRestarted) != 0) skip_to_restart();
  serve_connection(due);
  if ((due & kDueClosing) != 0 && far_ != nullptr) begin_closing(far_->peer_linger_ms());
  if ((due & kDueStop) != 0) stop();
}

void Link::serve_connection(std::uint32_t due) {
  const std::uint32_t ready = std::exchange(ready_, 0);
  if ((due & kDueReady) != 0 && connection_ != nullptr) connection_->serve(ready);
  if ((due & kDueWritable) != 0 && connection_ != nullptr) connection_->pipe_writable();
  if ((due & kDueReadable) != 0 && connection_ != nullptr) connection_->take_over();
  if ((due & kDueReadable) != 0 && connection_ != nullptr) connection_->pipe_readable();
}

// From here on the thread of the near end may do our work.
void Link::share_pipe() {
  const bool may_share = far_ != nullptr && !is_finished_ && !must_drop_pipe_;
  if (is_shared_ || !may_share || settings_->conflates()) return;
  is_shared_ = true;
  far_->pipe().set_carrier(this);
}

void Link::unshare_pipe() {
  if (std::exchange(is_shared_, false)) far_->pipe().set_carrier(nullptr);
}

// ---- Carrier

bool Link::send_now() {
  return connection_ != nullptr && connection_->send_now();
}

Carrier::Borrowed Link::borrow_input() {
  return connection_ != nullptr ? connection_->borrow_input() : Borrowed{};
}

Carrier::Input Link::read_input(bool& must_tell) {
  return connection_ != nullptr ? connection_->read_input(must_tell) : Input::not_ours;
}

bool Link::return_input(bool comes_back) {
  return connection_ != nullptr && connection_->return_input(comes_back);
}

// ---- the reactor's

void Link::serve(Attention& attention, std::uint32_t reasons) {
  auto& self = static_cast<Link&>(attention);
  if ((reasons & kStart) != 0) self.begin();
  if ((reasons & kStop) != 0) self.must_stop_ = true;
  // A stop may overtake the start, whose caller still uses the link.
  if (self.must_stop_ && self.has_begun_) self.run(kDueStop);
}

void Link::stop() {
  if (far_ == nullptr) {
    finish();
  } else if (far_->is_peer_closing()) {
    begin_closing(far_->peer_linger_ms());  // what was promised when the socket let go of it
  } else {
    begin_closing(stop_linger_ms_.load(std::memory_order_acquire));
  }
}

void Link::begin() {
  has_begun_ = true;
  if (far_ != nullptr) far_->adopt(*this);
  share_pipe();
  if (opened_ != nullptr) {
    run(kDueConnected);
  } else {
    dialer_->dial();
  }
}

// ---- the dialer's

void Link::dialer_connected(std::unique_ptr<Stream> stream) {
  opened_ = std::move(stream);
  run(kDueConnected);
}

void Link::dialer_gave_up() {
  run(kDueGivenUp);
}

void Link::open_connection(std::unique_ptr<Stream> stream) {
  fd_number_ = stream->fd();
  was_ready_ = false;
  if (connection_ != nullptr) ended_connection_ = std::move(connection_);
  connection_.reset(new Connection(*this, reactor_, *settings_, std::move(stream)));
  connection_->start(is_dialed());
}

// ---- the connection's

Link::Attachment Link::connection_ready(const Peer* peer) {
  const bool is_repeated = has_been_up_ && far_ != nullptr;
  has_been_up_ = true;
  was_ready_ = true;
  const bool is_new_pipe = far_ == nullptr;
  if (is_new_pipe && !make_pipe()) return {};
  if (!is_draining_) announce_peer(peer);
  if (peer != nullptr && has_commands(peer->version())) {
    host_.emit(MonitorEventKind::handshake_succeeded, 0, settings_->endpoint);
  }
  if (peer != nullptr && peer->version() == Version::v1_0 && settings_->is_publisher() &&
      !is_draining_) {
    // Such a peer filters for itself and does not say what it wants: it gets everything.
    if (far_->write_subscription(true, {})) far_->publish();
  }
  if (is_new_pipe) {
    PipeEnd& near = far_->peer();
    is_offered_ = true;
    if (!host_.offer(near)) {
      is_offered_ = false;
      Pipe::discard(&near.pipe());
      far_ = nullptr;
      return {};
    }
  }
  return {far_, is_repeated && settings_->is_subscriber(), is_draining_};
}

bool Link::make_pipe() {
  const bool conflates = settings_->conflates();
  Pipe* pipe = Pipe::make(conflates, conflates);
  if (pipe == nullptr) return false;
  far_ = &pipe->b();
  PipeEnd& near = pipe->a();
  far_->set_mailbox(reactor_.mailbox());
  near.set_mailbox(host_.mailbox());
  near.endpoint_id = settings_->endpoint_id;
  near.is_dialed = is_dialed();
  near.set_out_limit(static_cast<std::uint32_t>(settings_->options.sndhwm));
  near.set_in_limit(static_cast<std::uint32_t>(settings_->options.rcvhwm));
  far_->adopt(*this);
  return true;
}

PeerInfo* Link::describe(const Peer* peer) {
  std::vector<PeerInfo::Property> properties;
  std::string identity;
  const bool is_raw = peer == nullptr;
  if (is_raw || has_commands(peer->version())) {
    properties.emplace_back("Peer-Address", connection_->stream().peer_address());
    properties.emplace_back("__fd", std::to_string(fd_number_));
  }
  if (!is_raw) {
    for (const Property property : peer->peer_properties()) {
      properties.emplace_back(std::string(property.name), std::string(as_text(property.value)));
    }
    identity = as_text(peer->peer_routing_id());
  }
  const int fd = properties.empty() ? -1 : fd_number_;
  return new (std::nothrow) PeerInfo(std::move(identity), std::move(properties), fd);
}

void Link::announce_peer(const Peer* peer) {
  PeerInfo* info = describe(peer);
  if (info != nullptr && !far_->write_peer(info)) info->drop();
  if (settings_->reports_connects()) write_notice();
  // Else it is told with the first message, and needs no wake-up of its own.
  const bool is_awaited = !is_dialed() || settings_->keeps_routing_ids() || settings_->is_raw();
  if (is_awaited || settings_->conflates()) far_->publish();
}

// An empty message: a connection came or went (ROUTER_NOTIFY, STREAM_NOTIFY).
void Link::write_notice() {
  if (far_->write({})) far_->publish();
}

void Link::report_end(const ConnectionEnd& end) {
  switch (end.failure.event) {
    case Failure::Event::none:
      break;
    case Failure::Event::no_detail:
      host_.emit(MonitorEventKind::handshake_failed_no_detail, end.failure.value,
                 settings_->endpoint);
      break;
    case Failure::Event::protocol:
      host_.emit(MonitorEventKind::handshake_failed_protocol, end.failure.value,
                 settings_->endpoint);
      break;
    case Failure::Event::auth:
      host_.emit(MonitorEventKind::handshake_failed_auth, end.failure.value, settings_->endpoint);
      break;
  }
  host_.emit(MonitorEventKind::disconnected, static_cast<std::uint64_t>(fd_number_),
             settings_->endpoint);
}

void Link::connection_ended(const ConnectionEnd& end) {
  reactor_.rounds().remove(*this);
  if (!end.is_drained) report_end(end);
  ended_connection_ = std::move(connection_);
  ready_ = 0;
  retire();
  if (is_finished_) return;
  if (was_ready_ && far_ != nullptr && !is_draining_ && settings_->reports_disconnects()) {
    write_notice();
  }
  after_connection(end);
}

bool Link::may_reconnect() const {
  const bool is_stopped_by_failure =
      !was_ready_ && (settings_->options.reconnect_stop & kStopWhenHandshakeFails) != 0;
  return dialer_->may_redial() && !is_stopped_by_failure && !host_.has_stopped_reconnecting();
}

void Link::after_connection(const ConnectionEnd& end) {
  const bool goes_on = is_dialed() && end.may_retry && may_reconnect();
  if (!goes_on || (is_draining_ && !has_unsent())) {
    finish();
    return;
  }
  must_drop_pipe_ = settings_->options.immediate;
  if (must_drop_pipe_) unshare_pipe();
  // Now, and not when there is a new connection: what the program sends from here on stands behind
  // its subscriptions.
  const bool goes_on_here = was_ready_ && far_ != nullptr && !must_drop_pipe_;
  if (goes_on_here && settings_->is_subscriber()) far_->announce_restart();
  dialer_->redial();
  set_timer();
}

// ---- the pipe's

void Link::pipe_readable(PipeEnd&) {
  run(kDueReadable);
}

void Link::pipe_writable(PipeEnd&) {
  run(kDueWritable);
}

void Link::pipe_restarted(PipeEnd&) {
  run(kDueRestarted);
}

// The subscriber says everything again: what it said before need not wait for a connection.
void Link::skip_to_restart() {
  const bool is_told = connection_ != nullptr && connection_->is_streaming();
  if (far_ != nullptr && !is_told) drop_to_restart(*far_);
}

bool Link::has_unsent() const {
  if (far_ == nullptr) return false;
  if (far_->slot_in() != nullptr && !far_->slot_in()->is_empty()) return true;
  Record record;
  return far_->in().front(record) && record.kind != Record::Kind::end;
}

void Link::pipe_closing(PipeEnd&) {
  run(kDueClosing);
}

// The socket has left, or wants this conversation to end.
void Link::begin_closing(int linger_ms) {
  if (is_draining_ || is_finished_) return;
  is_draining_ = true;
  const bool is_streaming = connection_ != nullptr && connection_->is_streaming();
  if (linger_ms == 0 || (!is_streaming && !has_unsent())) {
    finish();
    return;
  }
  linger_deadline_ = deadline_after(reactor_.now(), linger_ms);
  set_timer();
  if (is_streaming) connection_->drain();
}

// ---- time

void Link::connection_fd_ready(std::uint32_t ready) {
  ready_ |= ready;
  run(kDueReady);
}

// What it sent is still read, but its name is free for whoever comes back in its place. Raw peers
// may close one direction only.
void Link::connection_peer_done() {
  if (!is_dialed() && !settings_->is_raw() && far_ != nullptr) far_->foretell_leaving();
}

void Link::connection_deadline_changed() {
  set_timer();
}

void Link::set_timer() {
  if (is_finished_) return;
  Millis next = linger_deadline_;
  if (connection_ != nullptr) next = std::min(next, connection_->next_deadline());
  reactor_.timers().set(timer_, next);
}

void Link::timer_expired(Millis) {
  run(kDueTimer);
}

void Link::serve_time() {
  if (is_finished_) return;
  const Millis now = reactor_.now();
  if (now >= linger_deadline_) {
    finish();
    return;
  }
  if (connection_ != nullptr) connection_->timer_expired(now);
  set_timer();
}

// ---- the end

// Lets go of the pipe. A near end that the socket never took over is freed with it, unless it holds
// something for the application: visitors of a socket whose thread sleeps leave no trace.
void Link::drop_pipe() {
  if (far_ == nullptr) return;
  PipeEnd& far = *std::exchange(far_, nullptr);
  const bool is_of_use = far.out().messages_written() > 0 && !settings_->discards_input();
  if (is_offered_ && !is_of_use && host_.take_back(far.peer())) {
    Pipe::discard(&far.pipe());
  } else {
    far.leave(0);
  }
  is_offered_ = false;
}

void Link::finish() {
  if (is_finished_) return;
  is_finished_ = true;
  unshare_pipe();
  reactor_.timers().cancel(timer_);
  if (connection_ != nullptr) {
    connection_->close_now();  // comes back through connection_ended, which finds us finished
  }
  if (dialer_ != nullptr) {
    dialer_->stop();
    if (!is_draining_) host_.endpoint_gone(settings_->endpoint_id);
  }
  retire();
}

// What must not happen while somebody up the stack still uses it is done at the end of the turn.
void Link::retire() {
  if (is_retired_) return;
  is_retired_ = true;
  reactor_.retire(*this);
}

void Link::bury() {
  is_retired_ = false;
  ended_connection_.reset();
  const bool must_drop = std::exchange(must_drop_pipe_, false) && !is_draining_;
  if (must_drop || is_finished_) drop_pipe();
  if (!is_finished_) return;
  if (dialer_ != nullptr) Dialer::dismiss(std::move(dialer_));
  reactor_.add_load(-1);
  host_.link_finished(*this);
  leave();
}

void Link::departed(Attention& attention) {
  delete static_cast<Link*>(&attention);
}

}  // namespace zmqng
