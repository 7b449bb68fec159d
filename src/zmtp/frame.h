// Frame headers of ZMTP 1.0 and of 2.0/3.x, both ways. Inline: the traffic loop lives on them. Pure
// functions for any thread.
//
//   2.0/3.x   flags  u8 size     body          long (flag 02):   flags  u64be size     body
//   1.0       u8 size+1  flags   body          long:         ff  u64be size+1  flags   body
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace zmqng {

inline constexpr std::uint8_t kFrameMore = 0x01;     // another frame of the message follows
inline constexpr std::uint8_t kFrameLong = 0x02;     // the size has eight octets; not in 1.0
inline constexpr std::uint8_t kFrameCommand = 0x04;  // 3.x only

inline constexpr std::size_t kFrameHeaderMax = 9;
inline constexpr std::size_t kFrameHeaderMaxV1 = 10;

struct FrameHeader {
  enum class State : std::uint8_t { need_more, complete, malformed };

  std::uint64_t body_bytes = 0;
  State state = State::need_more;
  std::uint8_t flags = 0;  // as received: reserved bits are to be ignored
  std::uint8_t header_bytes = 0;

  bool is_complete() const { return state == State::complete; }
  bool has_more() const { return (flags & kFrameMore) != 0; }
  bool is_command() const { return (flags & kFrameCommand) != 0; }
};

// Writes 2 or 9 octets to `out` and returns how many. `flags` is kFrameMore and kFrameCommand; the
// long flag is set here, by the size alone.
inline std::size_t encode_frame_header(std::uint8_t flags, std::uint64_t body_bytes,
                                       std::uint8_t* out) {
  if (body_bytes <= 255) {
    out[0] = flags;
    out[1] = static_cast<std::uint8_t>(body_bytes);
    return 2;
  }
  out[0] = static_cast<std::uint8_t>(flags | kFrameLong);
  store_be64(out + 1, body_bytes);
  return 9;
}

// Never malformed: any octets are a header. A size beyond reason is for the caller to refuse.
inline FrameHeader decode_frame_header(Bytes input) {
  FrameHeader header;
  if (input.size() < 2) return header;
  header.flags = input[0];
  if ((input[0] & kFrameLong) == 0) {
    header.body_bytes = input[1];
    header.header_bytes = 2;
  } else {
    if (input.size() < 9) return header;
    header.body_bytes = load_be64(input.data() + 1);
    header.header_bytes = 9;
  }
  header.state = FrameHeader::State::complete;
  return header;
}

// Writes 2 or 10 octets to `out` and returns how many. Only kFrameMore has a meaning in 1.0.
inline std::size_t encode_frame_header_v1(std::uint8_t flags, std::uint64_t body_bytes,
                                          std::uint8_t* out) {
  if (body_bytes + 1 < 0xff) {
    out[0] = static_cast<std::uint8_t>(body_bytes + 1);
    out[1] = flags;
    return 2;
  }
  out[0] = 0xff;
  store_be64(out + 1, body_bytes + 1);
  out[9] = flags;
  return 10;
}

// Malformed if the length, which counts the flags octet, is zero; known before the flags arrive.
inline FrameHeader decode_frame_header_v1(Bytes input) {
  FrameHeader header;
  if (input.empty()) return header;
  const bool is_long = input[0] == 0xff;
  if (is_long && input.size() < 9) return header;
  const std::uint64_t length = is_long ? load_be64(input.data() + 1) : input[0];
  if (length == 0) {
    header.state = FrameHeader::State::malformed;
    return header;
  }
  const std::size_t header_bytes = is_long ? 10 : 2;
  if (input.size() < header_bytes) return header;
  header.body_bytes = length - 1;
  // The other bits mean nothing in 1.0; cleared so that nobody takes them for 3.x flags.
  header.flags = input[header_bytes - 1] & kFrameMore;
  header.header_bytes = static_cast<std::uint8_t>(header_bytes);
  header.state = FrameHeader::State::complete;
  return header;
}

}  // namespace zmqng
