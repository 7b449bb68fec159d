// Sub: receives what it has subscribed to. Publishers filter already; what does not match is
// dropped again here, since it may have been on its way.
#pragma once

#include "pattern/subscriber.h"

namespace zmqng {

class Sub final : public Pattern {
 public:
  explicit Sub(PatternHost& host) : host_(host), subscriber_(host) {}

  void attach(PipeEnd& end) override { subscriber_.attach(end); }
  void readable(PipeEnd& end) override { subscriber_.in().readable(end); }
  void writable(PipeEnd& end) override { subscriber_.out().writable(end); }
  void closing(PipeEnd& end) override { subscriber_.closing(end); }
  void restarted(PipeEnd& end) override { subscriber_.restarted(end); }
  void detach(PipeEnd& end) override { subscriber_.detach(end); }
  int send(const OutFrame&) override { return ENOTSUP; }
  int recv(Message& message) override;
  bool can_send() override { return false; }
  bool can_recv() override;
  int subscribe(Bytes topic) override;
  int unsubscribe(Bytes topic) override;

 private:
  int recv_wanted(Message& message);

  PatternHost& host_;
  Subscriber subscriber_;
  Message held_;  // the first frame of a message that can_recv has found
  bool has_held_ = false;
};

}  // namespace zmqng
