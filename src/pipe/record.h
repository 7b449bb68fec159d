// Record: one entry of a YPipe as its reader sees it, and the bytes it is kept as.
//
// Plain frames are kept exactly as ZMTP 2 and 3 send them, and subscriptions as commands of ZMTP
// 3.1, so that a run of them can go to the kernel untouched. Everything else is a record whose
// first byte has the top bit set, which no frame that we write has:
//
//   00..03            frame: flags, size (1 or 8 bytes), body
//   04, 06            subscribe / cancel: flags, size (1 or 8 bytes), name, topic
//   a0 | more         frame by reference: header length, header (9), Handle (24)
//   b0                the pipe goes on in the next chunk
//   c0 / c1           subscribe / cancel, by reference: Handle (24)
//   d0                messages from here on come from this peer: PeerInfo*
//   e0                what stands before this is void (a subscriber starts over)
//   f0                the writer has left
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"
#include "message/body.h"
#include "message/peer_info.h"

namespace zmqng {

// A content by reference. `body` is null for memory that outlives every use.
struct Handle {
  const std::uint8_t* data;
  std::uint64_t size;
  Body* body;
};

struct Record {
  enum class Kind : std::uint8_t { frame, referenced, subscribe, cancel, peer, restart, end };

  Kind kind = Kind::frame;
  bool has_more = false;
  std::uint32_t length = 0;  // of the record itself, in the chunk
  Bytes wire;                // what is sent of it as it stands; referenced: the header only
  Bytes payload;             // the body of the frame, or the topic
  Body* body = nullptr;      // what keeps `payload` alive, when it is not the chunk
  bool is_by_reference = false;
  PeerInfo* peer = nullptr;

  bool is_data() const { return kind == Kind::frame || kind == Kind::referenced; }
  bool is_subscription() const { return kind == Kind::subscribe || kind == Kind::cancel; }
};

// Writes the header of a frame as ZMTP 2 and 3 have it; returns its length, 2 or 9.
inline std::uint32_t write_frame_header(std::uint8_t* at, std::uint64_t size, bool more) {
  if (size <= 255) {
    at[0] = more ? 1 : 0;
    at[1] = static_cast<std::uint8_t>(size);
    return 2;
  }
  at[0] = more ? 3 : 2;
  store_be64(at + 1, size);
  return 9;
}

// A frame as it stands in a pipe.
struct Frame {
  Bytes body;
  std::uint32_t length = 0;  // with its header
  bool has_more = false;
};

inline Frame read_frame(const std::uint8_t* at) {
  const std::uint32_t header = (at[0] & 2) != 0 ? 9 : 2;
  const auto size = header == 9 ? static_cast<std::uint32_t>(load_be64(at + 1)) : at[1];
  return {{at + header, size}, header + size, (at[0] & 1) != 0};
}

// The flag of a command, and the names of two, each behind its length (ZMTP 3.1, RFC 37).
inline constexpr std::uint8_t kCommandFlag = 4;
inline constexpr std::string_view kSubscribeName = "\x09SUBSCRIBE";
inline constexpr std::string_view kCancelName =
    "\x06"
    "CANCEL";

inline std::size_t subscription_head_bytes(bool subscribe, std::size_t topic_bytes) {
  const std::size_t name = subscribe ? kSubscribeName.size() : kCancelName.size();
  return name + (name + topic_bytes <= 255 ? 2 : 9);
}

// Writes all of a subscription that stands before its topic.
inline void write_subscription_head(std::uint8_t* at, bool subscribe, std::size_t topic_bytes) {
  // Of a known size each, which makes one or two stores.
  if (subscribe) {
    const std::size_t size = kSubscribeName.size() + topic_bytes;
    std::memcpy(at + write_frame_header(at, size, false), kSubscribeName.data(), 10);
  } else {
    const std::size_t size = kCancelName.size() + topic_bytes;
    std::memcpy(at + write_frame_header(at, size, false), kCancelName.data(), 7);
  }
  at[0] |= kCommandFlag;
}

}  // namespace zmqng
