// SocketType: names on the wire and who may talk to whom (zmtp 6.4). The values are those of the C
// API and of the socket type octet of ZMTP 2.0.
#pragma once

#include <cstdint>
#include <string_view>

namespace zmqng {

enum class SocketType : std::uint8_t {
  pair = 0,
  pub,
  sub,
  req,
  rep,
  dealer,
  router,
  pull,
  push,
  xpub,
  xsub,
  stream,
  server,  // from here on drafts
  client,
  radio,
  dish,
  gather,
  scatter,
  dgram,
  peer,
  channel,
};

inline constexpr int kSocketTypeCount = 21;

// "DEALER".
std::string_view wire_name(SocketType type);

// Whether a peer that calls itself `peer_name` may be connected to a socket of type `own`. Names
// compare exactly. STREAM is never asked, it speaks no ZMTP; nobody is compatible with it.
bool is_compatible(SocketType own, std::string_view peer_name);

// Whether READY carries the Identity property: REQ, DEALER, ROUTER.
bool sends_identity(SocketType type);

}  // namespace zmqng
