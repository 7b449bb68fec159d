// Pair: one peer. Who comes while there is one waits, neither read nor written, until the peer has
// gone: a peer that comes back may be here before its end is. What the former peer wrote is still
// delivered.
#pragma once

#include <vector>

#include "pattern/fair_queue.h"
#include "pattern/load_balancer.h"

namespace zmqng {

class Pair final : public Pattern {
 public:
  explicit Pair(PatternHost& host) : host_(host), in_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override;
  void writable(PipeEnd& end) override { out_.writable(end); }
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override;
  int send(const OutFrame& frame) override { return out_.send(frame); }
  int recv(Message& message) override { return in_.recv(message); }
  bool can_send() override { return out_.can_send(); }
  bool can_recv() override { return in_.can_recv(); }

 private:
  // PipeEnd::tag: the peer or a former one, those who wait, those who have left waiting.
  static constexpr std::uint32_t kPeer = 0;
  static constexpr std::uint32_t kWaiting = 1;
  static constexpr std::uint32_t kLeaving = 2;

  void stop_waiting(PipeEnd& end);
  void take_next();

  PatternHost& host_;
  FairQueue in_;      // the peer, and former peers as long as there is something from them
  LoadBalancer out_;  // the peer
  std::vector<PipeEnd*> waiting_;
};

}  // namespace zmqng
