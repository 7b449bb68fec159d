// Router: receives from its peers in turn, with the sender's routing id as the first frame, and
// sends to the peer that the first frame names.
//
// ZMQ_ROUTER_RAW: the peers are plain streams; ids are made up, messages are [id, octets], and
// [id, empty] closes a connection.
#pragma once

#include "pattern/fair_queue.h"
#include "pattern/routing_table.h"

namespace zmqng {

class Router final : public Pattern {
 public:
  explicit Router(PatternHost& host) : host_(host), routes_(host), in_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override;
  void writable(PipeEnd&) override {}
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override;
  int send(const OutFrame& frame) override;
  int recv(Message& message) override;
  bool can_send() override;
  bool can_recv() override { return has_held_ || in_.can_recv(); }
  void set_next_routing_id(const std::string& id) override { routes_.set_next_id(id); }
  bool is_routing_id_free(Bytes id) const override { return routes_.is_free(id); }

 private:
  void act_on(PipeEnd& end, const RoutingTable::News& news);
  void stop_writing(PipeEnd& end);
  int begin(const OutFrame& id);
  int send_raw(const OutFrame& frame);
  bool is_raw() const { return host_.options().pattern.router_raw; }

  PatternHost& host_;
  RoutingTable routes_;
  FairQueue in_;

  // Receiving: the first frame of a message whose id has been handed out.
  Message held_;
  bool has_held_ = false;

  // Sending: `out_` is null while the rest of a message is swallowed.
  bool is_within_ = false;
  PipeEnd* out_ = nullptr;
};

}  // namespace zmqng
