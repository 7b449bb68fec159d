// Rep: answers one request after the other.
//
// A request is [frame ... empty frame, body ...]; all up to the empty frame is the envelope, which
// goes back before the reply. Whatever has no envelope is skipped. Peers that claim an id which is
// taken are not heard, as with Router.
//
//   expect_request --request in--> receiving --last part--> replying --part with more--> sending
//                                                           replying, sending --last part-->
//                                                           expect_request
#pragma once

#include <vector>

#include "pattern/fair_queue.h"
#include "pattern/routing_table.h"

namespace zmqng {

class Rep final : public Pattern {
 public:
  explicit Rep(PatternHost& host) : host_(host), routes_(host), in_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override;
  void writable(PipeEnd&) override {}
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override;
  int send(const OutFrame& frame) override;
  int recv(Message& message) override;
  bool can_send() override { return state_ == State::replying || state_ == State::sending; }
  bool can_recv() override;
  void set_next_routing_id(const std::string& id) override { routes_.set_next_id(id); }
  bool is_routing_id_free(Bytes id) const override { return routes_.is_free(id); }

 private:
  enum class State : std::uint8_t { expect_request, receiving, replying, sending };

  void act_on(PipeEnd& end, const RoutingTable::News& news);
  void forget_requester(PipeEnd& end);
  [[nodiscard]] bool find_request();
  [[nodiscard]] bool take_envelope(PipeEnd*& from);
  [[nodiscard]] bool write_envelope();

  PatternHost& host_;
  RoutingTable routes_;
  FairQueue in_;
  State state_ = State::expect_request;
  PipeEnd* requester_ = nullptr;  // null: gone, or has no room; the reply is swallowed
  std::vector<Message> envelope_;
};

}  // namespace zmqng
