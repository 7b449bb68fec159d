#include "security/null_mechanism.h"

#include <utility>

#include "base/check.h"
#include "security/command.h"
#include "security/error_command.h"

namespace zmqng {

void NullMechanism::start(Properties own) {
  own_ = std::move(own);
}

bool NullMechanism::produce(Octets& body) {
  if (is_ready_sent_ || failure_) return false;
  append_command_name(body, "READY");
  append(body, own_.wire());
  is_ready_sent_ = true;
  return true;
}

void NullMechanism::consume(Bytes body) {
  CHECK(status() == Status::handshaking);
  // A frame that is no command at all (empty, data) is reported like a wrong command.
  const std::optional<Command> command = parse_command(body);
  if (command && command->name == "READY" && !is_ready_received_) {
    consume_ready(command->data);
  } else if (command && command->name == "ERROR") {
    failure_ = failure_of_error_command(command->data);
  } else {
    failure_ = Failure::protocol(ProtocolError::zmtp_unexpected_command);
  }
}

Mechanism::Status NullMechanism::status() const {
  if (failure_) return Status::failed;
  return is_ready_sent_ && is_ready_received_ ? Status::ready : Status::handshaking;
}

void NullMechanism::consume_ready(Bytes data) {
  std::optional<Properties> properties = Properties::parse(data);
  // libzmq raises no event for bad metadata here, and applications count events.
  if (!properties) {
    failure_ = Failure::silent();
    return;
  }
  peer_ = std::move(*properties);
  is_ready_received_ = true;
}

}  // namespace zmqng
