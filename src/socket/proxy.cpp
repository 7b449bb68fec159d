#include "socket/proxy.h"

#include <sched.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace zmqng {
namespace {

constexpr int kMessagesPerTurn = 1000;
constexpr int kRepType = 4;

struct Traffic {
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_sent = 0;
};

int send_message(Socket& to, Message& message, bool more) {
  const int error = to.send({message.bytes(), more, &message}, false);
  return error;
}

class Proxy {
 public:
  Proxy(Socket& frontend, Socket& backend, Socket* capture, Socket* control)
      : frontend_(frontend), backend_(backend), capture_(capture), control_(control) {}

  int run() {
    while (!is_terminated_) {
      // Whoever sends to us may be about to send more: better a burst than a sleep in between.
      if (std::exchange(has_moved_, false)) {
        sched_yield();
      } else if (int error = wait_for_work()) {
        return error;
      }
      if (control_ != nullptr) {
        if (int error = serve_control()) return error;
      }
      if (is_paused_ || is_terminated_) continue;
      if (int error = forward(frontend_, backend_, front_traffic_, back_traffic_)) return error;
      if (&frontend_ == &backend_) continue;
      if (int error = forward(backend_, frontend_, back_traffic_, front_traffic_)) return error;
    }
    return 0;
  }

 private:
  // Waits for input that can be passed on: where the receiving side is full, for its room instead.
  int wait_for_work() {
    short front = 0;
    short back = 0;
    if (&frontend_ == &backend_) {
      front = is_paused_ ? 0 : kPollIn;
    } else if (!is_paused_) {
      if (int error = frontend_.serve()) return error;
      if (int error = backend_.serve()) return error;
      const int front_ready = frontend_.ready_events();
      const int back_ready = backend_.ready_events();
      ((front_ready & kPollIn) != 0 ? back : front) |=
          static_cast<short>((front_ready & kPollIn) != 0 ? kPollOut : kPollIn);
      ((back_ready & kPollIn) != 0 ? front : back) |=
          static_cast<short>((back_ready & kPollIn) != 0 ? kPollOut : kPollIn);
    }
    items_[0] = {&frontend_, -1, front, 0};
    items_[1] = {&backend_, -1, back, 0};
    items_[2] = {control_, -1, kPollIn, 0};
    int ready = 0;
    return poll_items(items_, control_ != nullptr ? 3 : 2, -1, &ready);
  }

  int forward(Socket& from, Socket& to, Traffic& source, Traffic& target) {
    for (int i = 0; i < kMessagesPerTurn; ++i) {
      // A REP that is both ends can only send once it has received.
      if (&from != &to && to.ready_events(kPollOut) == 0) return 0;
      const int error = forward_message(from, to, source, target);
      if (error == EAGAIN) return 0;
      if (error != 0) return error;
    }
    return 0;
  }

  int forward_message(Socket& from, Socket& to, Traffic& source, Traffic& target) {
    bool is_first = true;
    for (;;) {
      Message part;
      part.set_brief();
      const int error = from.recv(part, is_first);
      if (error != 0) return error;
      is_first = false;
      const bool more = part.has_more();
      const std::size_t size = part.size();
      source.bytes_received += size;
      if (capture_ != nullptr) {
        if (int failed = send_message(*capture_, part, more)) return failed;
      }
      if (int failed = send_message(to, part, more)) return failed;
      target.bytes_sent += size;
      if (more) continue;
      has_moved_ = true;
      ++source.messages_received;
      ++target.messages_sent;
      return 0;
    }
  }

  int serve_control() {
    Message command;
    const int error = control_->recv(command, true);
    if (error == EAGAIN) return 0;
    if (error != 0) return error;
    while (command.has_more()) {
      Message rest;
      if (int failed = control_->recv(rest, false)) return failed;
      command.set_more(rest.has_more());
    }
    const std::string_view text = as_text(command.bytes());
    if (text == "STATISTICS") return send_statistics();
    if (text == "PAUSE") is_paused_ = true;
    if (text == "RESUME") is_paused_ = false;
    if (text == "TERMINATE") is_terminated_ = true;
    // Everything a REP receives has to be answered.
    return control_->type() == kRepType ? control_->send({}, false) : 0;
  }

  int send_statistics() {
    const std::uint64_t values[] = {front_traffic_.messages_received, front_traffic_.bytes_received,
                                    front_traffic_.messages_sent,     front_traffic_.bytes_sent,
                                    back_traffic_.messages_received,  back_traffic_.bytes_received,
                                    back_traffic_.messages_sent,      back_traffic_.bytes_sent};
    for (const std::uint64_t& value : values) {
      const Bytes bytes{reinterpret_cast<const std::uint8_t*>(&value), sizeof value};
      const bool more = &value != &values[7];
      if (int error = control_->send({bytes, more, nullptr}, false)) return error;
    }
    return 0;
  }

  Socket& frontend_;
  Socket& backend_;
  Socket* capture_;
  Socket* control_;
  PollItem items_[3];
  Traffic front_traffic_;
  Traffic back_traffic_;
  bool has_moved_ = false;  // since the last look
  bool is_paused_ = false;
  bool is_terminated_ = false;
};

}  // namespace

int run_proxy(Socket& frontend, Socket& backend, Socket* capture, Socket* control) {
  return Proxy(frontend, backend, capture, control).run();
}

}  // namespace zmqng
