// Req: asks one peer after the other, and awaits each answer from the one it asked.
//
// A request goes out as [id (ZMQ_REQ_CORRELATE), empty frame, body ...], and a reply must come back
// the same; anything else is skipped, and so are replies that nobody waits for. (What breaks the
// envelope comes from within the process only: connections are ended for it, see ReplyCheck.)
//
//   ready --part with more--> sending --last part--> awaiting --reply in--> receiving --last
//   part--> ready ZMQ_REQ_RELAXED: awaiting, receiving --part--> sending (the old reply is given
//   up)
#pragma once

#include "pattern/fair_queue.h"
#include "pattern/load_balancer.h"

namespace zmqng {

class Req final : public Pattern {
 public:
  explicit Req(PatternHost& host) : host_(host), in_(host), request_id_(host.random()) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override { in_.readable(end); }
  void writable(PipeEnd& end) override { out_.writable(end); }
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override;
  int send(const OutFrame& frame) override;
  int recv(Message& message) override;
  bool can_send() override;
  bool can_recv() override;

 private:
  enum class State : std::uint8_t { ready, sending, awaiting, receiving };
  enum class Envelope : std::uint8_t { plain, with_id, broken };

  int begin();
  int send_part(const OutFrame& frame);
  void discard_replies();
  [[nodiscard]] bool find_reply();
  Envelope take_envelope(PipeEnd*& from, std::uint32_t& id);
  bool is_wanted(Envelope envelope, std::uint32_t id) const;

  PatternHost& host_;
  FairQueue in_;
  LoadBalancer out_;
  State state_ = State::ready;
  PipeEnd* asked_ = nullptr;  // null: gone
  bool is_correlated_ = false;
  std::uint32_t request_id_;  // of the latest correlated request
};

}  // namespace zmqng
