// Push: hands messages to its peers in turn. Receives nothing.
#pragma once

#include "pattern/load_balancer.h"

namespace zmqng {

class Push final : public Pattern {
 public:
  explicit Push(PatternHost& host) : host_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override;
  void writable(PipeEnd& end) override { peers_.writable(end); }
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override { peers_.detach(end); }
  int send(const OutFrame& frame) override { return peers_.send(frame); }
  int recv(Message&) override { return ENOTSUP; }
  bool can_send() override { return peers_.can_send(); }
  bool can_recv() override { return false; }

 private:
  PatternHost& host_;
  LoadBalancer peers_;
};

}  // namespace zmqng
