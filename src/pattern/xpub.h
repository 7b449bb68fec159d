// Xpub: publishes, and receives what its subscribers ask for: messages of 01 or 00 and a topic. In
// manual mode the application decides what a request means.
#pragma once

#include "pattern/publisher.h"

namespace zmqng {

class Xpub final : public Pattern {
 public:
  explicit Xpub(PatternHost& host) : publisher_(host, &reports_) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override { publisher_.readable(end); }
  void writable(PipeEnd& end) override { publisher_.writable(end); }
  void closing(PipeEnd& end) override { publisher_.closing(end); }
  void detach(PipeEnd& end) override { publisher_.detach(end); }
  int send(const OutFrame& frame) override { return publisher_.send(frame); }
  int recv(Message& message) override;
  bool can_send() override { return publisher_.can_send(); }
  bool can_recv() override { return !reports_.is_empty(); }
  int subscribe(Bytes topic) override { return publisher_.subscribe(topic); }
  int unsubscribe(Bytes topic) override { return publisher_.unsubscribe(topic); }

 private:
  Reports reports_;
  Publisher publisher_;
};

}  // namespace zmqng
