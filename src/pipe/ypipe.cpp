#include "pipe/ypipe.h"

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/fast_paths.h"

namespace zmqng {
namespace {

constexpr std::uint8_t kReferenced = 0xa0;
constexpr std::uint8_t kNextChunk = 0xb0;
constexpr std::uint8_t kSubscribe = 0xc0;
constexpr std::uint8_t kCancel = 0xc1;
constexpr std::uint8_t kPeer = 0xd0;
constexpr std::uint8_t kRestart = 0xe0;
constexpr std::uint8_t kEnd = 0xf0;

constexpr std::uint32_t kReferencedLength = 2 + 9 + sizeof(Handle);

template <typename T>
T load(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void decode_referenced(const std::uint8_t* at, Record& record) {
  const auto handle = load<Handle>(at + 11);
  record.kind = Record::Kind::referenced;
  record.has_more = (at[0] & 1) != 0;
  record.length = kReferencedLength;
  record.wire = {at + 2, at[1]};
  record.payload = {handle.data, handle.size};
  record.body = handle.body;
  record.is_by_reference = true;
}

void decode_large_subscription(const std::uint8_t* at, Record& record) {
  const auto handle = load<Handle>(at + 1);
  record.kind = at[0] == kCancel ? Record::Kind::cancel : Record::Kind::subscribe;
  record.has_more = false;
  record.length = 1 + sizeof(Handle);
  record.wire = {};
  record.payload = {handle.data, handle.size};
  record.body = handle.body;
  record.is_by_reference = true;
}

void decode_special(const std::uint8_t* at, Record& record) {
  switch (at[0] & 0xf0) {
    case kReferenced:
      decode_referenced(at, record);
      break;
    case kSubscribe:
      decode_large_subscription(at, record);
      break;
    case kPeer:
      record.kind = Record::Kind::peer;
      record.length = 1 + sizeof(PeerInfo*);
      record.peer = load<PeerInfo*>(at + 1);
      break;
    case kRestart:
      record.kind = Record::Kind::restart;
      record.length = 1;
      break;
    default:
      CHECK(at[0] == kEnd);
      record.kind = Record::Kind::end;
      record.length = 1;
  }
}

// The frame is a command.
void note_subscription(Record& record) {
  const bool subscribe = record.payload[0] == kSubscribeName[0];
  record.kind = subscribe ? Record::Kind::subscribe : Record::Kind::cancel;
  record.payload = record.payload.subspan(subscribe ? kSubscribeName.size() : kCancelName.size());
}

void decode(const std::uint8_t* at, Record& record) {
  if (at[0] >= 0x80) {
    decode_special(at, record);
    return;
  }
  const Frame frame = read_frame(at);
  record.kind = Record::Kind::frame;
  record.has_more = frame.has_more;
  record.length = frame.length;
  record.wire = {at, frame.length};
  record.payload = frame.body;
  record.body = nullptr;
  record.is_by_reference = false;
  if (__builtin_expect((at[0] & kCommandFlag) != 0, 0)) note_subscription(record);
}

}  // namespace

YPipe::~YPipe() {
  rollback();
  if (read_.chunk == nullptr) read_.chunk = first_;
  drop_records(read_, published_.load(std::memory_order_relaxed));
  for (Chunk* chunk = read_.chunk; chunk != nullptr;) {
    Chunk* next = chunk->next;
    chunk->drop();
    chunk = next;
  }
  if (Chunk* spare = spare_.load(std::memory_order_relaxed)) spare->drop();
}

void YPipe::release(const Record& record) {
  if (record.kind == Record::Kind::peer) {
    record.peer->drop();
  } else if (record.is_by_reference && record.body != nullptr) {
    record.body->drop();
  }
}

void YPipe::drop_records(Cursor from, std::uint64_t until) {
  while (from.position < until) {
    if (from.chunk->data()[from.offset] == kNextChunk) {
      from = {from.chunk->next, 0, from.position + 1};
      continue;
    }
    Record record;
    decode(from.chunk->data() + from.offset, record);
    release(record);
    step(from, record);
  }
}

// ---- write side

// A reader that is a whole chunk behind shows that there is a queue: larger chunks pay then.
std::uint32_t YPipe::next_chunk_bytes() const {
  if (write_chunk_ == nullptr) return Chunk::kSmallest;
  const bool has_queue = chunks_written_ - chunks_read_.load(std::memory_order_relaxed) > 1;
  const std::uint32_t last = write_chunk_->capacity() + sizeof(Chunk);
  return std::clamp<std::uint32_t>(has_queue ? 2 * last : last, 4096, Chunk::kLargest);
}

// `moved`, which may stand at the end of the chunk so far, will be at the front of the new one.
bool YPipe::add_chunk(std::size_t bytes, Bytes moved) {
  std::uint32_t wanted = next_chunk_bytes();
  // One byte is kept for the mark that leads to the next chunk.
  const std::size_t least = bytes + 1 + sizeof(Chunk);
  CHECK(least <= Chunk::kLargest);
  while (wanted < least) wanted *= 2;

  Chunk* chunk = spare_.exchange(nullptr, std::memory_order_acquire);
  if (chunk != nullptr && chunk->capacity() + sizeof(Chunk) < wanted) {
    chunk->drop();
    chunk = nullptr;
  }
  if (chunk == nullptr) chunk = Chunk::make(wanted);
  if (chunk == nullptr) return false;
  chunk->next = nullptr;
  if (!moved.empty()) std::memcpy(chunk->data(), moved.data(), moved.size());
  if (write_chunk_ == nullptr) {
    first_ = chunk;
    marked_.chunk = chunk;
  } else {
    write_chunk_->data()[write_offset_] = kNextChunk;
    write_chunk_->next = chunk;
    ++written_;
  }
  write_chunk_ = chunk;
  write_offset_ = 0;
  ++chunks_written_;
  return true;
}

std::uint8_t* YPipe::reserve(std::size_t bytes) {
  if (write_chunk_ == nullptr || !has_room_for(bytes)) {
    if (!add_chunk(bytes, {})) return nullptr;
  }
  return write_chunk_->data() + write_offset_;
}

MutableBytes YPipe::room(Bytes unfinished, std::size_t least, std::uint32_t chunk_bytes) {
  if (write_chunk_ == nullptr || !has_room_for(least)) {
    const std::size_t bytes = std::max<std::size_t>(least, chunk_bytes - sizeof(Chunk) - 1);
    if (!add_chunk(bytes, unfinished)) return {};
  } else if (!unfinished.empty() && unfinished.data() != write_chunk_->data() + write_offset_) {
    std::memmove(write_chunk_->data() + write_offset_, unfinished.data(), unfinished.size());
  }
  return {write_chunk_->data() + write_offset_, write_chunk_->capacity() - write_offset_ - 1};
}

bool YPipe::append_moved_frame(Bytes body, bool more) {
  CHECK(body.size() <= Chunk::kLargest / 2);
  // No more than it takes: a frame in the room() stays in its chunk.
  std::uint8_t* at = reserve(body.size() + (body.size() <= kShortMax ? 2 : 9));
  if (at == nullptr) return false;
  const std::uint32_t header = write_frame_header(at, body.size(), more);
  if (!body.empty() && at + header != body.data()) {
    std::memmove(at + header, body.data(), body.size());
  }
  frame_appended(at, header + static_cast<std::uint32_t>(body.size()), more);
  return true;
}

bool YPipe::append_referenced(const Handle& handle, bool more) {
  std::uint8_t* at = reserve(kReferencedLength);
  if (at == nullptr) return false;
  at[0] = more ? kReferenced | 1 : kReferenced;
  at[1] = static_cast<std::uint8_t>(write_frame_header(at + 2, handle.size, more));
  std::memcpy(at + 11, &handle, sizeof handle);
  commit(kReferencedLength);
  if (!more) ++pending_messages_;
  return true;
}

bool YPipe::append_subscription(bool subscribe, Bytes topic) {
  if (topic.size() <= kCopyMax) {
    // No more than it takes, as it may stand in the room() itself.
    const std::size_t head = subscription_head_bytes(subscribe, topic.size());
    std::uint8_t* at = reserve(head + topic.size());
    if (at == nullptr) return false;
    if (!topic.empty() && at + head != topic.data()) {
      std::memmove(at + head, topic.data(), topic.size());
    }
    write_subscription_head(at, subscribe, topic.size());
    commit(static_cast<std::uint32_t>(head + topic.size()));
    ++pending_messages_;
    return true;
  }
  std::uint8_t* copy = nullptr;
  Body* body = make_heap_body(topic.size(), &copy);
  if (body == nullptr) return false;
  std::uint8_t* at = reserve(1 + sizeof(Handle));
  if (at == nullptr) {
    body->drop();
    return false;
  }
  std::memcpy(copy, topic.data(), topic.size());
  const Handle handle{copy, topic.size(), body};
  at[0] = subscribe ? kSubscribe : kCancel;
  std::memcpy(at + 1, &handle, sizeof handle);
  commit(1 + sizeof handle);
  ++pending_messages_;
  return true;
}

bool YPipe::append_peer(PeerInfo* peer) {
  std::uint8_t* at = reserve(1 + sizeof peer);
  if (at == nullptr) return false;
  at[0] = kPeer;
  std::memcpy(at + 1, &peer, sizeof peer);
  commit(1 + sizeof peer);
  return true;
}

bool YPipe::append_mark(std::uint8_t mark) {
  std::uint8_t* at = reserve(1);
  if (at == nullptr) return false;
  at[0] = mark;
  commit(1);
  return true;
}

bool YPipe::append_restart() {
  return append_mark(kRestart);
}
bool YPipe::append_end() {
  return append_mark(kEnd);
}

void YPipe::rollback() {
  if (!has_unpublished()) return;
  drop_records(marked_, written_);
  Chunk* keep = marked_.chunk;
  for (Chunk* chunk = keep->next; chunk != nullptr;) {
    Chunk* next = chunk->next;
    chunk->drop();
    --chunks_written_;
    chunk = next;
  }
  keep->next = nullptr;
  write_chunk_ = keep;
  write_offset_ = marked_.offset;
  written_ = marked_.position;
  pending_messages_ = 0;
}

bool YPipe::would_have_credit() const {
  const std::uint32_t most = limit();
  return most == 0 || messages_written_ - taken_.load(std::memory_order_acquire) < most;
}

bool YPipe::ask_for_credit(std::uint32_t most) {
  seen_taken_ = taken_.load(std::memory_order_acquire);
  if (messages_written_ - seen_taken_ < most) return true;
  // Announce the wait, then look again: the reader stores `taken_` and then loads `writer_waits_`.
  const bool waited = writer_waits_.exchange(true, std::memory_order_seq_cst);
  seen_taken_ = taken_.load(std::memory_order_seq_cst);
  if (messages_written_ - seen_taken_ >= most) {
    begins_to_wait_ = begins_to_wait_ || !waited;
    return false;
  }
  writer_waits_.store(false, std::memory_order_relaxed);
  return true;
}

// ---- read side

bool YPipe::refresh() {
  const std::uint64_t before = known_;
  known_ = published_.load(std::memory_order_acquire);  // pairs with the release in publish()
  if (read_.position == known_) return false;
  const bool is_close = known_ != before && known_ - read_.position < kLittle;
  if (is_close && ++catches_up_ > kCatchesBefore && fast_paths().gathers) {
    // We are faster than the writer, and each look makes it wait for the line.
    spin_for(kAloneNs);
    known_ = published_.load(std::memory_order_acquire);
  }
  if (read_.chunk == nullptr) read_.chunk = first_;
  return true;
}

bool YPipe::peek(Cursor& cursor, Record& record) {
  const std::uint8_t* at = look(cursor);
  if (at == nullptr) return false;
  decode(at, record);
  return true;
}

// The record at `cursor`, which steps into the next chunk if need be; null: nothing there.
const std::uint8_t* YPipe::look(Cursor& cursor) {
  for (;;) {
    if (cursor.position == known_) {
      const std::uint64_t before = known_;
      if (!refresh() || known_ == before) return nullptr;
      if (cursor.chunk == nullptr) cursor.chunk = read_.chunk;
    }
    const std::uint8_t* at = cursor.chunk->data() + cursor.offset;
    if (__builtin_expect(*at != kNextChunk, 1)) return at;
    Chunk* finished = cursor.chunk;
    cursor = {finished->next, 0, cursor.position + 1};
    if (&cursor == &read_) leave_chunk(*finished);
  }
}

void YPipe::leave_chunk(Chunk& finished) {
  // A reader that is kept busy need not fall asleep first to spare the writer the full fences; its
  // next sleep takes the heavy one.
  if (short_naps_ != 0 && messages_read_ - slept_at_ > kFewMessages) {
    short_naps_ = 0;
    is_fenced_.store(false, std::memory_order_relaxed);
  }
  chunks_read_.store(chunks_read_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (finished.is_shared()) {
    finished.drop();  // messages still point into it
    return;
  }
  Chunk* previous = spare_.exchange(&finished, std::memory_order_acq_rel);
  if (previous != nullptr) previous->drop();
}

bool YPipe::pop(const Record& record) {
  step(read_, record);
  prefetch_front();
  return record.kind < Record::Kind::peer && !record.has_more && messages_taken(1);
}

bool YPipe::give_credit() {
  if (credited_ != messages_read_) {
    credited_ = messages_read_;
    taken_.store(messages_read_, std::memory_order_seq_cst);
  }
  return writer_waits_.load(std::memory_order_seq_cst) &&
         writer_waits_.exchange(false, std::memory_order_acq_rel);
}

// A pipe that is quiet keeps no memory in reserve.
void YPipe::drop_spare() {
  if (spare_.load(std::memory_order_relaxed) == nullptr) return;
  Chunk* spare = spare_.exchange(nullptr, std::memory_order_acquire);
  if (spare != nullptr) spare->drop();
}

bool YPipe::go_dormant() {
  catches_up_ = 0;
  drop_spare();
  // release: whoever clears it will post to this reader's mailbox and must see it.
  dormant_.store(true, std::memory_order_release);
  choose_fence();
  if (published_.load(std::memory_order_acquire) == read_.position) return true;
  dormant_.store(false, std::memory_order_relaxed);
  return false;
}

// A writer that has not heard of is_fenced_ yet is met by the heavy fence, which also makes it
// known.
void YPipe::choose_fence() {
  const bool was_fenced = is_fenced_.load(std::memory_order_relaxed);
  const bool is_short = messages_read_ - slept_at_ <= kFewMessages;
  slept_at_ = messages_read_;
  short_naps_ = is_short ? short_naps_ + 1 : 0;
  const bool is_fenced = short_naps_ >= kShortNapsBefore;
  if (is_fenced != was_fenced) is_fenced_.store(is_fenced, std::memory_order_relaxed);
  if (was_fenced && is_fenced) {
    full_fence();
  } else {
    heavy_fence();
  }
}

bool YPipe::go_dormant_alone() {
  catches_up_ = 0;
  drop_spare();
  if (published_.load(std::memory_order_acquire) != read_.position) return false;
  dormant_.store(true, std::memory_order_release);
  return true;
}

}  // namespace zmqng
