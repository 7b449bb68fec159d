// IpcTransport: the transport of `ipc://`, unix stream sockets by path or abstract name. Stateless.
#pragma once

#include "transport/transport.h"

namespace zmqng {

class IpcTransport final : public Transport {
 public:
  const char* scheme() const override { return "ipc"; }
  bool reports_delay() const override { return false; }
  Result<void> check_connect(std::string_view address) const override;
  ListenOutcome listen(std::string_view address, const TransportOptions& options) const override;
  Error close_listening(Listening& listening) const override;
  AcceptOutcome accept(const Listening& listening, const TransportOptions& options) const override;
  std::string normalized(std::string_view address, bool ipv6) const override;
  Result<ConnectPlan> plan(std::string_view address,
                           const TransportOptions& options) const override;
  ConnectOutcome connect(const Target& target, const TransportOptions& options) const override;
  Error finish_connect(Stream& stream) const override;
};

}  // namespace zmqng
