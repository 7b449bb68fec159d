#include "link/input_buffer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace zmqng {

// Room behind what is here, which is moved to its front.
MutableBytes InputBuffer::make_room(YPipe* pipe, MutableBytes scratch) {
  is_in_scratch_ = false;
  if (pipe != nullptr && (gets_a_lot_ || scratch.empty())) {
    const std::size_t more = gets_a_lot_ ? kLot : kLittle;
    const MutableBytes room =
        pipe->room(bytes_, bytes_.size() + more, gets_a_lot_ ? Chunk::kLargest : kLittleChunk);
    if (!room.empty()) {
      bytes_ = Bytes(room).first(bytes_.size());
      return room.subspan(bytes_.size());
    }
  }
  if (scratch.empty()) return {};
  is_in_scratch_ = true;
  CHECK(bytes_.size() < scratch.size());  // only part of a frame, or what one read brought, is kept
  if (!bytes_.empty()) std::memmove(scratch.data(), bytes_.data(), bytes_.size());
  bytes_ = Bytes(scratch).first(bytes_.size());
  return scratch.subspan(bytes_.size());
}

IoResult InputBuffer::read(Stream& stream, YPipe* pipe, MutableBytes scratch) {
  MutableBytes room = make_room(pipe, scratch);
  if (room.empty()) return IoResult::failed(ENOMEM);
  if (expects_large_) room = room.first(std::min(room.size(), kBeforeLarge));
  const IoResult result = stream.read(room);
  was_full_ = result.is_done() && result.bytes == room.size();
  if (!result.is_done()) {
    keep_rest();
    return result;
  }
  expects_large_ = false;
  bytes_ = {bytes_.data() != nullptr ? bytes_.data() : room.data(), bytes_.size() + result.bytes};
  if (was_full_ || result.bytes >= kLotFrom) {
    gets_a_lot_ = true;
  } else if (result.bytes < kLittle) {
    gets_a_lot_ = false;
  }
  return result;
}

void InputBuffer::keep_rest() {
  if (bytes_.empty()) {
    kept_ = Octets();  // without exceptions shrink_to_fit does nothing
  } else if (is_in_scratch_) {
    kept_.assign(bytes_.begin(), bytes_.end());
    bytes_ = kept_;
    is_in_scratch_ = false;
  }
}

}  // namespace zmqng
