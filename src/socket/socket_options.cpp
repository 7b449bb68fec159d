// zmq_setsockopt and zmq_getsockopt of a Socket: what only a live socket knows or acts upon.

#include <cerrno>

#include "base/errors.h"
#include "options/option_numbers.h"
#include "options/socket_options.h"
#include "socket/socket.h"

namespace zmqng {
namespace {

// inproc: a limit is the sum of both sides' marks, none if either side has none.
std::uint32_t joined_limit(int own, int other) {
  if (other < 0) return static_cast<std::uint32_t>(own);  // not joined yet
  if (own == 0 || other == 0) return 0;
  return static_cast<std::uint32_t>(own) + static_cast<std::uint32_t>(other);
}

}  // namespace

int Socket::set(int number, const void* value, std::size_t length) {
  // As in libzmq, options can be set until the socket has said ETERM: a thread may still want to
  // give up its linger before it closes the socket.
  if (has_told_end_) return kEterm;
  is_known_unreadable_ = false;
  forget_link_options();
  if (Error error = set_option(options_, type_, number, value, length)) return error.code;
  switch (number) {
    case option::sndhwm:
    case option::rcvhwm:
      update_limits();
      return 0;
    case option::subscribe:
    case option::unsubscribe: {
      const Bytes topic{static_cast<const std::uint8_t*>(value), length};
      const int error =
          number == option::subscribe ? pattern_->subscribe(topic) : pattern_->unsubscribe(topic);
      settle();
      return error;
    }
    default:
      return 0;
  }
}

void Socket::update_limits() {
  for (PipeEnd* end : pipes_) {
    PipeEnd& peer = end->peer();
    const int their_rcvhwm = end->is_local ? peer.joined_rcvhwm.load() : -1;
    const int their_sndhwm = end->is_local ? peer.joined_sndhwm.load() : -1;
    end->set_out_limit(joined_limit(options_.sndhwm, their_rcvhwm));
    end->raise_in_limit(joined_limit(options_.rcvhwm, their_sndhwm));
  }
}

int Socket::get(int number, void* value, std::size_t* length) {
  if (has_told_end_) return kEterm;
  if (is_live(number)) return get_live(number, value, length);
  if (number == option::routing_id) take_in_news();
  return get_option(options_, type_, number, value, length).code;
}

int Socket::get_live(int number, void* value, std::size_t* length) {
  switch (number) {
    case option::rcvmore:
      return put_live_int(has_more_ ? 1 : 0, value, length).code;
    case option::fd: {
      if (Error error = put_live_int(wake_fd(), value, length)) return error.code;
      // What came before anybody watched shows as a first signal; a spurious one does no harm.
      if (!is_fd_exported_) mailbox_->fd().signal();
      is_fd_exported_ = true;
      stay_armed();
      return 0;
    }
    case option::events:
      if (int error = serve()) return error;
      return put_live_int(events(), value, length).code;
    default:
      return put_text(last_endpoint_, value, length).code;
  }
}

// Reading ZMQ_EVENTS is what re-arms ZMQ_FD: first the old signal goes, then everything that came
// with it is taken in, then the next post signals again.
int Socket::events() {
  if (is_fd_exported_) {
    mailbox_->fd().clear();
    has_kept_signal_ = false;
    mailbox_->serve_all();
    settle();
    stay_armed();
  }
  return ready_events();
}

}  // namespace zmqng
