// Failure: why a handshake ended, in the terms of the socket monitor: which event stands before
// DISCONNECTED and its value. A failure that a peer's octets cause is final: a connecter does not
// dial again (only the connection's own end-of-stream and time-out lead to a retry, and those are
// not decided here).
#pragma once

#include <cstdint>

namespace zmqng {

// Values of HANDSHAKE_FAILED_PROTOCOL, as the C API publishes them.
enum class ProtocolError : std::uint32_t {
  zmtp_unspecified = 0x10000000,
  zmtp_unexpected_command = 0x10000001,
  zmtp_invalid_sequence = 0x10000002,
  zmtp_key_exchange = 0x10000003,
  zmtp_malformed_command_unspecified = 0x10000011,
  zmtp_malformed_command_message = 0x10000012,
  zmtp_malformed_command_hello = 0x10000013,
  zmtp_malformed_command_initiate = 0x10000014,
  zmtp_malformed_command_error = 0x10000015,
  zmtp_malformed_command_ready = 0x10000016,
  zmtp_malformed_command_welcome = 0x10000017,
  zmtp_invalid_metadata = 0x10000018,
  zmtp_cryptographic = 0x11000001,
  zmtp_mechanism_mismatch = 0x11000002,
};

struct Failure {
  enum class Event : std::uint8_t {
    none,       // DISCONNECTED alone
    no_detail,  // HANDSHAKE_FAILED_NO_DETAIL, value is an errno
    protocol,   // HANDSHAKE_FAILED_PROTOCOL, value is a ProtocolError
    auth,       // HANDSHAKE_FAILED_AUTH, value is a ZAP status code
  };

  Event event = Event::none;
  std::uint32_t value = 0;

  static Failure silent() { return {}; }
  static Failure protocol(ProtocolError error) {
    return {Event::protocol, static_cast<std::uint32_t>(error)};
  }
  static Failure auth(std::uint32_t status) { return {Event::auth, status}; }

  bool operator==(const Failure&) const = default;
};

}  // namespace zmqng
