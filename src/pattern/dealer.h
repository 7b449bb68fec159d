// Dealer: sends to its peers in turn and receives from them in turn, adding nothing.
#pragma once

#include "pattern/fair_queue.h"
#include "pattern/load_balancer.h"

namespace zmqng {

class Dealer final : public Pattern {
 public:
  explicit Dealer(PatternHost& host) : host_(host), in_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override { in_.readable(end); }
  void writable(PipeEnd& end) override { out_.writable(end); }
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override;
  int send(const OutFrame& frame) override { return out_.send(frame); }
  int recv(Message& message) override { return in_.recv(message); }
  bool can_send() override { return out_.can_send(); }
  bool can_recv() override { return in_.can_recv(); }

 private:
  PatternHost& host_;
  FairQueue in_;
  LoadBalancer out_;
};

}  // namespace zmqng
