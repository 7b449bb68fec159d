// Publisher: what Pub and Xpub have in common: who wants what, and sending it there.
//
// Owner:    Pub, Xpub. Threads: the one that uses the socket.
// Reads:    everything that comes in, at once, so that subscriptions take effect whether or not the
//           application receives. What the application is to see goes to the Reports.
#pragma once

#include "pattern/distributor.h"
#include "pattern/pipe_table.h"
#include "pattern/reports.h"
#include "pattern/subscriptions.h"

namespace zmqng {

class Publisher {
 public:
  // `reports`: null if nobody will ever receive.
  Publisher(PatternHost& host, Reports* reports) : host_(host), reports_(reports) {}
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  void attach(PipeEnd& end);
  void readable(PipeEnd& end);
  void writable(PipeEnd& end) { out_.writable(end); }
  void closing(PipeEnd& end);
  void detach(PipeEnd& end);

  int send(const OutFrame& frame) {
    if (!out_.is_within_message()) {
      const int error = choose(frame.bytes);
      if (error != 0) return error;
    }
    out_.write(frame);
    return 0;
  }
  bool can_send();

  // Manual mode: the application has just received a request of this pipe; its answers are for it.
  void set_requester(const PipeTable::Ticket& pipe) {
    requester_ = pipes_.find(pipe) != nullptr ? pipe : PipeTable::Ticket{};
  }
  int subscribe(Bytes topic);
  int unsubscribe(Bytes topic);

 private:
  const PatternOptions& options() const { return host_.options().pattern; }
  bool is_manual() const { return options().xpub_manual; }
  int choose(Bytes message);
  void send_welcome(PipeEnd& end);
  void take_in_all(PipeEnd& end);
  void take_request(PipeEnd& end, bool subscribe, Bytes topic);
  bool apply(PipeEnd& end, bool subscribe, Bytes topic);

  PatternHost& host_;
  Reports* reports_;
  PipeTable pipes_;
  Subscriptions wanted_;   // decides who gets a message
  Subscriptions claimed_;  // manual mode: what the pipes have asked for
  Distributor out_;
  // Serial 0: nobody. Under ZMQ_XPUB_MANUAL_LAST_VALUE the next message goes nowhere else, and then
  // the request counts as dealt with.
  PipeTable::Ticket requester_;
};

}  // namespace zmqng
