// What a peer of any version says in its handshake, and ways to feed it to a Peer in pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"
#include "zmtp/peer.h"

namespace zmqng {

using namespace std::string_literals;

inline const std::string kSignature = "\xff\0\0\0\0\0\0\0\1\x7f"s;

inline std::string frame(std::string_view body, std::uint8_t flags = 0) {
  Octets out;
  append_frame(out, flags, as_bytes(body));
  return std::string{as_text(out)};
}

inline std::string frame_v1(std::string_view body, std::uint8_t flags = 0) {
  Octets out;
  append_frame_v1(out, flags, as_bytes(body));
  return std::string{as_text(out)};
}

inline std::string command(std::string_view name, std::string_view data) {
  std::string body(1, static_cast<char>(name.size()));
  return frame(body.append(name).append(data), kFrameCommand);
}

inline std::string greeting_v3(std::uint8_t minor, std::string_view mechanism = "NULL",
                               std::uint8_t major = 3) {
  std::string greeting = kSignature;
  greeting.push_back(static_cast<char>(major));
  greeting.push_back(static_cast<char>(minor));
  greeting.append(mechanism);
  greeting.resize(64, '\0');
  return greeting;
}

inline std::string ready(std::string_view socket_type, std::string_view identity = {}) {
  Properties properties;
  properties.add("Socket-Type", as_bytes(socket_type));
  properties.add("Identity", as_bytes(identity));
  return command("READY", as_text(properties.wire()));
}

// The whole handshake of a peer of that version.
inline std::string handshake_of(Version version, SocketType type, std::string_view identity) {
  const char octet = static_cast<char>(type);
  switch (version) {
    case Version::v1_0:
      return frame_v1(identity);
    case Version::v1_0_versioned:
      return kSignature + "\0"s + octet + frame_v1(identity);
    case Version::v2_0:
      return kSignature + "\1"s + octet + frame(identity);
    case Version::v3_0:
      return greeting_v3(0) + ready(wire_name(type), identity);
    case Version::v3_1:
      break;
  }
  return greeting_v3(1) + ready(wire_name(type), identity);
}

inline PeerOptions options_of(SocketType type, std::string_view routing_id = {}) {
  PeerOptions options;
  options.type = type;
  options.routing_id = routing_id;
  return options;
}

// Feeds `input` in pieces of at most `piece` octets until the handshake has an end; returns how
// many octets were consumed.
inline std::size_t feed_in_pieces(Peer& peer, std::string_view input, std::size_t piece) {
  std::size_t consumed = 0;
  while (consumed < input.size() && peer.status() == Peer::Status::need_more) {
    consumed += peer.feed(as_bytes(input.substr(consumed, piece))).consumed_bytes;
  }
  return consumed;
}

// Calls `test` with `input` cut in two at every position, both ends included.
inline void for_each_split(std::string_view input,
                           const std::function<void(std::string_view, std::string_view)>& test) {
  for (std::size_t at = 0; at <= input.size(); ++at) test(input.substr(0, at), input.substr(at));
}

}  // namespace zmqng
