#include "socket/socket.h"

#include <algorithm>
#include <cerrno>
#include <new>

#include "base/errors.h"
#include "socket/monitor.h"

namespace zmqng {

Result<Socket*> Socket::make(SocketHost& host, int type, const SocketOptions& options,
                             unsigned fork_generation) {
  std::unique_ptr<Socket> socket(new (std::nothrow) Socket(host, type, options, fork_generation));
  if (socket == nullptr) return Error{ENOMEM};
  if (socket->pattern_ == nullptr) return Error{EINVAL};
  if (Error error = socket->mailbox_->fd().open()) return error;
  return socket.release();
}

Socket::Socket(SocketHost& host, int type, const SocketOptions& options, unsigned fork_generation)
    : type_(type),
      fork_generation_(fork_generation),
      options_(options),
      host_(host),
      links_(new SocketLinks(host, *this)) {
  mailbox_ = &links_->mailbox();
  pattern_ = make_pattern(type, *this);
}

Socket::~Socket() {
  tag_ = kDeadTag;
  forget_link_options();
  links_->drop();
}

void Socket::stop() {
  // Pairs with the check in wait(), which arms first: one of the two sees the other.
  is_stopped_.store(true, std::memory_order_seq_cst);
  mailbox_->wake();
}

// ---- taking in what has happened

void Socket::take_in_news() {
  mailbox_->serve_all();
  settle();
  if (is_fd_exported_) stay_armed();
}

int Socket::fail_stopped() {
  has_told_end_ = true;
  return kEterm;
}

int Socket::serve() {
  if (borrowed_.is_held()) borrowed_.give_back(pipes_);
  return enter();
}

// Whoever watches the descriptor must hear of the next post. What was signalled stays signalled
// until ZMQ_EVENTS is read, so that a call in between cannot swallow a wake-up.
void Socket::stay_armed() {
  while (!mailbox_->arm()) {
    mailbox_->serve_all();
    settle();
  }
}

void Socket::pipe_readable(PipeEnd& end) {
  if (!end.is_settling) pattern_->readable(end);
}

void Socket::pipe_writable(PipeEnd& end) {
  if (!end.is_settling) pattern_->writable(end);
}

void Socket::pipe_closing(PipeEnd& end) {
  if (!end.is_settling) pattern_->closing(end);
}

void Socket::pipe_restarted(PipeEnd& end) {
  if (!end.is_settling) pattern_->restarted(end);
}

void Socket::pipe_ended(PipeEnd& end) {
  let_go_later(end);
}

void Socket::drop_pipe(PipeEnd& end) {
  let_go_later(end);
}

void Socket::let_go_later(PipeEnd& end) {
  if (end.is_settling) return;
  end.is_settling = true;
  to_let_go_.push_back(&end);
}

// Lets go of the ends that the pattern is done with.
void Socket::settle() {
  is_known_unreadable_ = false;
  while (!to_let_go_.empty()) {
    PipeEnd& end = *to_let_go_.back();
    to_let_go_.pop_back();
    let_go(end, options_.linger);
  }
}

void Socket::links_changed() {
  for (PipeEnd* end = links_->take_offered(); end != nullptr;) {
    PipeEnd* next = end->next_attached;
    const EndpointEntry* endpoint = find_endpoint(end->endpoint_id);
    if (end->is_local || endpoint != nullptr) {
      if (endpoint != nullptr) name_next_pipe(endpoint->routing_id);
      adopt(*end);
    } else {
      end->leave(options_.linger);  // its endpoint was given up while it came into being
    }
    end = next;
  }
  for (const std::uint64_t id : links_->take_gone_endpoints()) forget_endpoint(id);
}

const Socket::EndpointEntry* Socket::find_endpoint(std::uint64_t id) const {
  const auto found = std::find_if(endpoints_.begin(), endpoints_.end(),
                                  [id](const EndpointEntry& entry) { return entry.id == id; });
  return found != endpoints_.end() ? &*found : nullptr;
}

// By ZMQ_CONNECT_ROUTING_ID; if somebody has taken that name meanwhile, it goes without.
void Socket::name_next_pipe(const std::string& routing_id) {
  if (!routing_id.empty() && pattern_->is_routing_id_free(as_bytes(routing_id))) {
    pattern_->set_next_routing_id(routing_id);
  }
}

// An inproc connection that this socket made is given up: unless it holds something for whoever may
// bind the name, nobody need wait for that.
void Socket::withdraw(PipeEnd& end, const EndpointEntry* endpoint) {
  const bool is_of_use = static_cast<SocketType>(type_) != SocketType::sub &&
                         (end.out().messages_written() > 0 || end.slot_out() != nullptr);
  if (endpoint != nullptr && !is_of_use) host_.withdraw_inproc(endpoint->uri, end.peer());
}

// The connection is over for good: the same address may be connected to again.
void Socket::forget_endpoint(std::uint64_t id) {
  std::erase_if(endpoints_, [id](const EndpointEntry& entry) { return entry.id == id; });
}

void Socket::adopt(PipeEnd& end) {
  end.socket_index = static_cast<std::uint32_t>(pipes_.size());
  pipes_.push_back(&end);
  end.adopt(*this);
  (void)end.can_read();  // takes in who the peer is
  pattern_->attach(end);
  if (static_cast<SocketType>(type_) == SocketType::stream) {
    options_.routing_id = as_text(pattern_->latest_routing_id());
    forget_link_options();
  }
  if (end.has_ended()) let_go_later(end);
}

void Socket::remove_pipe(PipeEnd& end) {
  PipeEnd* last = pipes_.back();
  pipes_[end.socket_index] = last;
  last->socket_index = end.socket_index;
  pipes_.pop_back();
}

void Socket::let_go(PipeEnd& end, int linger_ms) {
  end.is_settling = true;
  pattern_->detach(end);
  remove_pipe(end);
  if (end.is_local && end.is_dialed) {
    withdraw(end, find_endpoint(end.endpoint_id));
    forget_endpoint(end.endpoint_id);
  }
  end.leave(linger_ms);
}

// ---- messages

// After a first attempt with this result.
int Socket::send_soon(const OutFrame& frame, bool dont_wait, int result) {
  if (dont_wait || options_.sndtimeo == 0) {
    if (result == kAgainAtOnce) return EAGAIN;
    // Nobody may come round to what is there for a while.
    if (result != EAGAIN || !carry_out_all()) return result;
    if (int error = enter()) return error;
    result = try_send(frame);
    return result == kAgainAtOnce ? EAGAIN : result;
  }
  return go_on(result, options_.sndtimeo, kPollOut, [&] { return try_send(frame); });
}

int Socket::recv_soon(Message& message, bool dont_wait, int result) {
  if (dont_wait || options_.rcvtimeo == 0) {
    // Nobody else reads what we keep.
    if (result != EAGAIN || !borrowed_.is_held() || !borrowed_.read(pipes_)) return result;
    if (int error = enter()) return error;
    return try_recv(message);
  }
  return go_on(result, options_.rcvtimeo, kPollIn, [&] { return try_recv(message); });
}

int Socket::settle_and_recv(Message& message, int result) {
  while (!to_let_go_.empty()) {
    // A pipe that goes takes with it what a momentary message refers to.
    if (result == 0 && !message.outlast_moment()) result = ENOMEM;
    settle();
    // What goes may leave its name, and so its turn, to somebody else.
    if (result == EAGAIN) result = pattern_->recv(message);
  }
  if (result == 0) has_more_ = message.has_more();
  return result;
}

// Tries again, for as long as the socket's time-out says, after a first attempt with this result.
template <typename Attempt>
int Socket::go_on(int result, int timeout_ms, int wish, Attempt attempt) {
  const Millis deadline = deadline_after(monotonic_ms(), timeout_ms);
  while (result == EAGAIN || result == kAgainAtOnce) {
    if (result == EAGAIN) {
      if ((result = wait(deadline, wish)) != 0) break;
      if ((result = enter()) != 0) break;
    }
    result = attempt();
  }
  give_back_signal();
  return result;
}

int Socket::ready_events(int wanted) {
  for (;;) {
    int ready = 0;
    if ((wanted & kPollOut) != 0 && pattern_->can_send()) ready |= kPollOut;
    if ((wanted & kPollIn) != 0 && pattern_->can_recv()) ready |= kPollIn;
    if (to_let_go_.empty()) {
      is_known_unreadable_ = (wanted & kPollIn) != 0 && (ready & kPollIn) == 0;
      return ready;
    }
    settle();
  }
}

// ---- the end

void Socket::close() {
  tag_ = kDeadTag;
  const int linger = options_.linger;
  for (EndpointEntry& entry : endpoints_) {
    if (entry.listener != nullptr) {
      entry.listener->stop();
      entry.listener->drop();
    } else if (entry.kind == EndpointEntry::Kind::bound_inproc) {
      (void)host_.unbind_inproc(entry.uri, *links_);
    }
  }
  end_monitor();
  for (PipeEnd* end = links_->close(); end != nullptr;) {
    PipeEnd* next = end->next_attached;
    end->leave(linger);
    end = next;
  }
  pattern_.reset();  // forgets all ends at once; nobody will read what it has to say about each
  for (PipeEnd* end : pipes_) {
    if (end->is_local && end->is_dialed) withdraw(*end, find_endpoint(end->endpoint_id));
    end->leave(linger);
  }
  pipes_.clear();
  links_->stop_links(0, linger);
  mailbox_->close();
  SocketHost& host = host_;
  host.socket_closed(*this);
  delete this;
}

}  // namespace zmqng
