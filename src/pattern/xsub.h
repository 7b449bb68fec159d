// Xsub: receives everything its publishers send, subscribes by sending 01 + topic, cancels by
// sending 00 + topic, and sends any other message to all publishers.
#pragma once

#include "pattern/subscriber.h"

namespace zmqng {

class Xsub final : public Pattern {
 public:
  explicit Xsub(PatternHost& host) : host_(host), subscriber_(host) {}

  void attach(PipeEnd& end) override { subscriber_.attach(end); }
  void readable(PipeEnd& end) override { subscriber_.in().readable(end); }
  void writable(PipeEnd& end) override { subscriber_.out().writable(end); }
  void closing(PipeEnd& end) override { subscriber_.closing(end); }
  void restarted(PipeEnd& end) override { subscriber_.restarted(end); }
  void detach(PipeEnd& end) override { subscriber_.detach(end); }
  int send(const OutFrame& frame) override;
  int recv(Message& message) override { return subscriber_.in().recv(message); }
  bool can_send() override { return true; }
  bool can_recv() override { return subscriber_.in().can_recv(); }

 private:
  int send_request(const OutFrame& frame);

  PatternHost& host_;
  Subscriber subscriber_;
  bool is_within_ = false;     // a message that the application has begun
  bool examines_all_ = false;  // its later frames can be requests, too
};

}  // namespace zmqng
