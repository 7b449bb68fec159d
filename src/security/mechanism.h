// Mechanism: the state machine of one side of a security handshake. Bytes in, bytes out; no fd, no
// clock.
//
// Owner:    the Peer of one connection. Threads: whoever runs that connection.
//
//   handshaking --last command sent and received--> ready
//       any     --peer's octets are wrong---------> failed
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "security/failure.h"
#include "security/octets.h"
#include "security/properties.h"

namespace zmqng {

class Mechanism {
 public:
  enum class Status : std::uint8_t { handshaking, ready, failed };

  virtual ~Mechanism() = default;

  // Upper case, at most 20 octets: what the greeting carries.
  virtual std::string_view name() const = 0;

  // Both greetings have passed; `own` is what we tell the peer about ourselves. Called once, first.
  virtual void start(Properties own) = 0;

  // Appends the body of the next command and returns true, or returns false if it is not our turn.
  // To be called until it returns false, after start() and after each consume().
  virtual bool produce(Octets& body) = 0;

  // The body of a frame the peer sent. Only while handshaking.
  virtual void consume(Bytes body) = 0;

  virtual Status status() const = 0;

  // Why status() is failed.
  virtual Failure failure() const = 0;

  // What the peer told about itself; empty until it did.
  virtual const Properties& peer_properties() const = 0;

  // How this side reports peer properties that its owner does not accept (wrong Socket-Type).
  virtual Failure properties_refused() const = 0;

  // True if frames travel unchanged after the handshake, and the mechanism is needed no more.
  virtual bool transparent() const = 0;
};

}  // namespace zmqng
