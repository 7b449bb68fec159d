// StreamPattern: plain stream connections; messages are [id, octets]. The Link reports connects and
// disconnects as empty frames, which the application gets as [id, empty]. Sending [id, empty]
// closes the connection.
#pragma once

#include "pattern/fair_queue.h"
#include "pattern/routing_table.h"

namespace zmqng {

class StreamPattern final : public Pattern {
 public:
  explicit StreamPattern(PatternHost& host) : host_(host), routes_(host), in_(host) {}

  void attach(PipeEnd& end) override;
  void readable(PipeEnd& end) override;
  void writable(PipeEnd&) override {}
  void closing(PipeEnd& end) override;
  void detach(PipeEnd& end) override;
  int send(const OutFrame& frame) override;
  int recv(Message& message) override;
  bool can_send() override { return true; }
  bool can_recv() override { return has_held_ || in_.can_recv(); }
  void set_next_routing_id(const std::string& id) override { routes_.set_next_id(id); }
  bool is_routing_id_free(Bytes id) const override { return routes_.is_free(id); }
  Bytes latest_routing_id() const override { return as_bytes(latest_id_); }

 private:
  int begin(const OutFrame& id);

  PatternHost& host_;
  RoutingTable routes_;
  FairQueue in_;
  std::string latest_id_;

  // Receiving: the octets whose id has been handed out.
  Message held_;
  bool has_held_ = false;

  // Sending: `out_` is null while a body is awaited that nobody is to get.
  bool expects_body_ = false;
  PipeEnd* out_ = nullptr;
};

}  // namespace zmqng
