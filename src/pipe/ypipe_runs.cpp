// Whole runs of plain frames in and out of a YPipe.

#include "base/check.h"
#include "pipe/plain_frames.h"
#include "pipe/ypipe.h"

namespace zmqng {

std::uint64_t YPipe::credit() {
  const std::uint32_t most = limit();
  if (most == 0) return UINT64_MAX;
  seen_taken_ = taken_.load(std::memory_order_acquire);
  const std::uint64_t inside = messages_written_ - seen_taken_;
  return inside < most ? most - inside : 0;
}

bool YPipe::is_in_room(Bytes bytes) const {
  return write_chunk_ != nullptr && bytes.data() == write_chunk_->data() + write_offset_;
}

bool YPipe::accept(const PlainFrames& frames) {
  commit(static_cast<std::uint32_t>(frames.whole_bytes));
  pending_messages_ += frames.messages;
  const bool must_tell = frames.messages > 0 && publish();
  commit(static_cast<std::uint32_t>(frames.bytes - frames.whole_bytes));
  return must_tell;
}

bool YPipe::next_run(Cursor& cursor, Run& run) {
  const std::uint8_t* at = look(cursor);
  if (at == nullptr) return false;
  // There may be less in this chunk: what follows the last frame in there is no plain one.
  const Bytes rest{at, std::min<std::uint64_t>(known_ - cursor.position,
                                               cursor.chunk->capacity() - cursor.offset)};
  const PlainFrames found = walk_plain_frames(rest, {});
  if (found.bytes == 0) return false;
  run = {rest.first(found.bytes), found.messages, found.whole_bytes < found.bytes};
  cursor.offset += static_cast<std::uint32_t>(found.bytes);
  cursor.position += found.bytes;
  return true;
}

void YPipe::drop_run(std::size_t bytes) {
  const std::uint8_t* at = look(read_);
  CHECK(at != nullptr && bytes <= read_.chunk->capacity() - read_.offset);
  read_.offset += static_cast<std::uint32_t>(bytes);
  read_.position += bytes;
}

}  // namespace zmqng
