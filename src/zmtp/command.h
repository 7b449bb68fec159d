// Whole frames of control traffic: commands of ZMTP 3.x and subscriptions to a peer of any version.
// Everything here appends to a buffer and gets the long flag from the real size, which libzmq did
// not always do. How a command body is parsed: security/command.h. Pure functions for any thread.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"
#include "security/octets.h"
#include "zmtp/version.h"

namespace zmqng {

// One frame in 2.0/3.x framing; `flags` as for encode_frame_header().
void append_frame(Octets& out, std::uint8_t flags, Bytes body);

// One frame in 1.0 framing.
void append_frame_v1(Octets& out, std::uint8_t flags, Bytes body);

// `ttl` (0: none) tells the peer after how much silence it may drop us; sent in tenths of a second,
// rounded down, at most 6553.5 s.
void append_ping(Octets& out, Millis ttl);

// At most the first 16 octets of the context are echoed (RFC 37).
void append_pong(Octets& out, Bytes context);

// In the form the peer understands: a command to 3.1, a message starting with 01 or 00 to others.
void append_subscribe(Octets& out, Version peer, Bytes topic);
void append_cancel(Octets& out, Version peer, Bytes topic);

// A PING's data: ttl in tenths of a second, then the context.
struct Ping {
  Millis ttl = 0;
  Bytes context;  // already cut to the 16 octets that are echoed
};

// False if the data is too short to hold a ttl.
bool parse_ping(Bytes data, Ping& ping);

}  // namespace zmqng
