// Pull: takes messages from its peers in turn. Sends nothing.
#pragma once

#include "pattern/fair_queue.h"

namespace zmqng {

class Pull final : public Pattern {
 public:
  explicit Pull(PatternHost& host) : peers_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override { peers_.readable(end); }
  void writable(PipeEnd&) override {}
  void closing(PipeEnd& end) override { peers_.closing(end); }
  void detach(PipeEnd& end) override { peers_.detach(end); }
  int send(const OutFrame&) override { return ENOTSUP; }
  int recv(Message& message) override { return peers_.recv(message); }
  bool can_send() override { return false; }
  bool can_recv() override { return peers_.can_recv(); }

 private:
  FairQueue peers_;
};

}  // namespace zmqng
