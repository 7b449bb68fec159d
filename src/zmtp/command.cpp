#include "zmtp/command.h"

#include <algorithm>

#include "security/command.h"
#include "zmtp/frame.h"

namespace zmqng {
namespace {

constexpr Millis kTtlUnit = 100;
constexpr std::size_t kContextMax = 16;

void append_command(Octets& out, std::string_view name, Bytes data) {
  std::uint8_t header[kFrameHeaderMax];
  const std::size_t size =
      encode_frame_header(kFrameCommand, 1 + name.size() + data.size(), header);
  append(out, Bytes{header, size});
  append_command_name(out, name);
  append(out, data);
}

// A subscription as a message: one octet, 01 or 00, then the topic.
void append_subscription_message(Octets& out, Version peer, std::uint8_t what, Bytes topic) {
  std::uint8_t header[kFrameHeaderMaxV1];
  const std::size_t size = uses_v1_frames(peer)
                               ? encode_frame_header_v1(0, 1 + topic.size(), header)
                               : encode_frame_header(0, 1 + topic.size(), header);
  append(out, Bytes{header, size});
  out.push_back(what);
  append(out, topic);
}

}  // namespace

void append_frame(Octets& out, std::uint8_t flags, Bytes body) {
  std::uint8_t header[kFrameHeaderMax];
  append(out, Bytes{header, encode_frame_header(flags, body.size(), header)});
  append(out, body);
}

void append_frame_v1(Octets& out, std::uint8_t flags, Bytes body) {
  std::uint8_t header[kFrameHeaderMaxV1];
  append(out, Bytes{header, encode_frame_header_v1(flags, body.size(), header)});
  append(out, body);
}

void append_ping(Octets& out, Millis ttl) {
  std::uint8_t wire_ttl[2];
  const Millis tenths = std::clamp<Millis>(ttl / kTtlUnit, 0, UINT16_MAX);
  store_be16(wire_ttl, static_cast<std::uint16_t>(tenths));
  append_command(out, "PING", wire_ttl);
}

void append_pong(Octets& out, Bytes context) {
  append_command(out, "PONG", context.first(std::min(context.size(), kContextMax)));
}

void append_subscribe(Octets& out, Version peer, Bytes topic) {
  if (peer == Version::v3_1) return append_command(out, "SUBSCRIBE", topic);
  append_subscription_message(out, peer, 1, topic);
}

void append_cancel(Octets& out, Version peer, Bytes topic) {
  if (peer == Version::v3_1) return append_command(out, "CANCEL", topic);
  append_subscription_message(out, peer, 0, topic);
}

bool parse_ping(Bytes data, Ping& ping) {
  if (data.size() < 2) return false;
  ping.ttl = Millis{load_be16(data.data())} * kTtlUnit;
  ping.context = data.subspan(2, std::min(data.size() - 2, kContextMax));
  return true;
}

}  // namespace zmqng
