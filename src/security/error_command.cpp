#include "security/error_command.h"

#include "base/check.h"
#include "security/command.h"

namespace zmqng {

void append_error_command(Octets& body, std::string_view reason) {
  CHECK(reason.size() <= 255);
  append_command_name(body, "ERROR");
  body.push_back(static_cast<std::uint8_t>(reason.size()));
  append(body, reason);
}

Failure failure_of_error_command(Bytes data) {
  if (data.empty() || data[0] > data.size() - 1) {
    return Failure::protocol(ProtocolError::zmtp_malformed_command_error);
  }
  const std::string_view reason = as_text(data.subspan(1, data[0]));
  if (reason == "300") return Failure::auth(300);
  if (reason == "400") return Failure::auth(400);
  if (reason == "500") return Failure::auth(500);
  return Failure::silent();
}

}  // namespace zmqng
