// Runs of plain frames: as ZMTP 2 and 3 have them, no commands, and no longer than they need be,
// which is how a pipe keeps them (record.h). Walking over a run takes a few ns per frame, so that
// whole runs can be taken in, sent and let go of without a look at each Record. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace zmqng {

// What stands at the front of some bytes.
struct PlainFrames {
  std::size_t bytes = 0;
  std::size_t whole_bytes = 0;  // of those, up to the end of the last message that is complete
  std::uint32_t frames = 0;
  std::uint32_t messages = 0;  // that end in there
};

// How far plain frames may be taken.
struct PlainLimits {
  std::uint64_t body_max = UINT64_MAX;
  std::uint64_t messages_max = UINT64_MAX;  // no message is begun after so many ends
  bool is_inside = false;                   // the first frame goes on with a message
};

// Counts the frames that are complete; stops at whatever is not plain.
inline PlainFrames walk_plain_frames(Bytes bytes, const PlainLimits& limits) {
  PlainFrames found;
  bool is_inside = limits.is_inside;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  while (left >= 2 && (is_inside || found.messages < limits.messages_max)) {
    const std::uint8_t flags = at[0];
    std::uint64_t header = 2;
    std::uint64_t size = at[1];
    if (__builtin_expect(flags > 1, 0)) {
      if (flags > 3 || left < 9) break;
      header = 9;
      size = load_be64(at + 1);
      if (size <= 255) break;
    }
    if (size > limits.body_max || size > left - header) break;
    const std::size_t length = static_cast<std::size_t>(header + size);
    at += length;
    left -= length;
    ++found.frames;
    is_inside = (flags & 1) != 0;
    if (!is_inside) {
      ++found.messages;
      found.whole_bytes = bytes.size() - left;
    }
  }
  found.bytes = bytes.size() - left;
  return found;
}

}  // namespace zmqng
