// Pub: an XPUB whose application receives nothing.
#pragma once

#include "pattern/publisher.h"

namespace zmqng {

class Pub final : public Pattern {
 public:
  explicit Pub(PatternHost& host) : publisher_(host, nullptr) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override { publisher_.readable(end); }
  void writable(PipeEnd& end) override { publisher_.writable(end); }
  void closing(PipeEnd& end) override { publisher_.closing(end); }
  void detach(PipeEnd& end) override { publisher_.detach(end); }
  int send(const OutFrame& frame) override { return publisher_.send(frame); }
  int recv(Message&) override { return ENOTSUP; }
  bool can_send() override { return publisher_.can_send(); }
  bool can_recv() override { return false; }
  int subscribe(Bytes topic) override { return publisher_.subscribe(topic); }
  int unsubscribe(Bytes topic) override { return publisher_.unsubscribe(topic); }

 private:
  Publisher publisher_;
};

}  // namespace zmqng
