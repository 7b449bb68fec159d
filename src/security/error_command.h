// The ERROR command, by which one side of a handshake tells the other why it ends. Its reason is
// meant to be a ZAP status code, but any text may come. Pure functions for any thread.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "security/failure.h"
#include "security/octets.h"

namespace zmqng {

// Appends the whole body of an ERROR command. A reason has at most 255 octets.
void append_error_command(Octets& body, std::string_view reason);

// What a received ERROR means; `data` is what follows the command's name: `u8 length, reason`.
// Octets after the reason are ignored.
Failure failure_of_error_command(Bytes data);

}  // namespace zmqng
