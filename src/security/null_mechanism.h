// NullMechanism: no security. Each side sends READY with its properties, neither waits for the
// other. Owner and threads: see mechanism.h.
#pragma once

#include <optional>

#include "security/mechanism.h"

namespace zmqng {

class NullMechanism final : public Mechanism {
 public:
  std::string_view name() const override { return "NULL"; }
  void start(Properties own) override;
  bool produce(Octets& body) override;
  void consume(Bytes body) override;
  Status status() const override;
  Failure failure() const override { return failure_.value_or(Failure::silent()); }
  const Properties& peer_properties() const override { return peer_; }
  Failure properties_refused() const override {
    return Failure::protocol(ProtocolError::zmtp_invalid_metadata);
  }
  bool transparent() const override { return true; }

 private:
  void consume_ready(Bytes data);

  Properties own_;
  Properties peer_;
  std::optional<Failure> failure_;
  bool is_ready_sent_ = false;
  bool is_ready_received_ = false;
};

}  // namespace zmqng
