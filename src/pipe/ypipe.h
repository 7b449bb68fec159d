// YPipe: one direction of a pipe: a single-producer, single-consumer queue of frames kept as wire
// bytes.
//
// Owner:    Pipe. Lives until both PipeEnds have left.
// Threads:  write side - holder of the writing PipeEnd; read side - holder of the reading one.
//           Shared: `published_` (release / acquire), `dormant_` (asymmetric fence, see fence.h; at
//           first, and when it sleeps after every few messages, the reader asks the writer, by
//           `is_fenced_`, for full fences: membarrier would cost more),
//           `taken_` and `writer_waits_` (credit; sequentially consistent, touched once per half
//           high-water mark), `limit_` (plain number, either side may change it).
// Holds:    read <= published <= written. Published bytes never change. Only whole messages are
//           published, so a reader never meets half a message.
#pragma once

#include <cstdint>
#include <utility>

#include "message/message.h"
#include "pipe/chunk.h"
#include "pipe/plain_frames.h"
#include "pipe/record.h"
#include "sync/atomic.h"
#include "sync/fence.h"

namespace zmqng {

class YPipe {
 public:
  // A reader that takes so few messages between two sleeps, so often, asks for full fences.
  static constexpr std::uint64_t kFewMessages = 128;
  static constexpr std::uint32_t kShortNapsBefore = 4;

  // Bodies up to this size are copied into the pipe, larger ones are kept by reference.
  static constexpr std::size_t kCopyMax = 4096;

  // A place in the pipe, for looking ahead.
  struct Cursor {
    Chunk* chunk = nullptr;
    std::uint32_t offset = 0;
    std::uint64_t position = 0;
  };

  YPipe() = default;
  YPipe(const YPipe&) = delete;
  YPipe& operator=(const YPipe&) = delete;
  ~YPipe();

  // --- write side. The appends return false when there is no memory; nothing is then appended.

  [[nodiscard]] bool append_frame(Bytes body, bool more) {
    const std::size_t size = body.size();
    const bool is_easy =
        size <= kCopyMax && write_chunk_ != nullptr && has_room_for(kLongHeader + size);
    if (__builtin_expect(!is_easy, 0)) return append_moved_frame(body, more);
    std::uint8_t* at = write_chunk_->data() + write_offset_;
    const std::uint32_t header = write_frame_header(at, size, more);
    if (size != 0) std::memcpy(at + header, body.data(), size);
    frame_appended(at, header + static_cast<std::uint32_t>(size), more);
    return true;
  }
  // The same if `body` may stand in the room() already.
  [[nodiscard]] bool append_moved_frame(Bytes body, bool more);
  // Takes over one count of `handle.body` if it succeeds.
  [[nodiscard]] bool append_referenced(const Handle& handle, bool more);
  [[nodiscard]] bool append_subscription(bool subscribe, Bytes topic);
  // Takes over one count of `peer` if it succeeds.
  [[nodiscard]] bool append_peer(PeerInfo* peer);
  [[nodiscard]] bool append_restart();
  [[nodiscard]] bool append_end();

  // Room for at least `least` bytes where the next frame will stand, to read frames to: appending
  // one that stands there already moves nothing. `unfinished`, what was read to the room given
  // before and is not appended yet, is moved along and stands at the front. Empty: no memory.
  [[nodiscard]] MutableBytes room(Bytes unfinished, std::size_t least, std::uint32_t chunk_bytes);

  // Whether `bytes` begin where the next frame will stand.
  bool is_in_room(Bytes bytes) const;
  // Appends frames that stand in the room, and publishes the messages that are complete. True: the
  // reader must be told.
  [[nodiscard]] bool accept(const PlainFrames& frames);

  // Makes everything appended visible. True: the reader sleeps, and the caller must tell it.
  [[nodiscard]] bool publish() {
    marked_ = {write_chunk_, write_offset_, written_};
    messages_written_ += pending_messages_;
    pending_messages_ = 0;
    published_.store(written_, std::memory_order_release);  // pairs with the acquire in refresh()
    // Against the fence in go_dormant(); is_fenced_ is looked at after the store.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (__builtin_expect(is_fenced_.load(std::memory_order_relaxed), 0)) {
      full_fence();
    } else {
      light_fence();
    }
    if (__builtin_expect(!dormant_.load(std::memory_order_relaxed), 1)) return false;
    // acquire: the reader's mailbox, which the caller will post to, was set before it slept.
    return dormant_.exchange(false, std::memory_order_acq_rel);
  }
  // Takes back everything appended since the last publish.
  void rollback();
  // The reader looks by itself, and need not be told.
  bool has_awake_reader() const { return !dormant_.load(std::memory_order_relaxed); }
  bool has_unpublished() const { return written_ != marked_.position; }

  // Whether another message may be begun. False: the reader will report when it has made room.
  [[nodiscard]] bool has_credit() {
    const std::uint32_t most = limit();
    if (__builtin_expect(most == 0 || messages_written_ - seen_taken_ < most, 1)) return true;
    return ask_for_credit(most);
  }
  // How many messages more may be begun. Looks only; nothing will be reported.
  std::uint64_t credit();
  // Looks only; nothing will be reported.
  [[nodiscard]] bool would_have_credit() const;
  // After has_credit() said no: whether it is the first time since there was room.
  [[nodiscard]] bool begins_to_wait() { return std::exchange(begins_to_wait_, false); }

  // --- read side

  // Decodes the record at `cursor`, stepping into the next chunk if need be. False: nothing there.
  [[nodiscard]] bool peek(Cursor& cursor, Record& record);
  static void step(Cursor& cursor, const Record& record) {
    cursor.offset += record.length;
    cursor.position += record.length;
  }
  Cursor read_cursor() const { return read_; }

  // A run of plain frames, as they are sent.
  struct Run {
    Bytes bytes;
    std::uint32_t messages = 0;
    bool ends_inside = false;  // a message whose other parts follow
  };
  // Steps over the run that begins at `cursor`, at least a frame. False: there is none.
  [[nodiscard]] bool next_run(Cursor& cursor, Run& run);
  // Removes the run at the front that next_run() has found to have so many bytes; how many messages
  // that were is said for all runs together. True: as with pop().
  void drop_run(std::size_t bytes);
  [[nodiscard]] bool messages_taken(std::uint64_t count) {
    messages_read_ += count;
    const std::uint32_t low = low_water_mark();
    const bool is_early = low == 0 || messages_read_ - credited_ < low;
    return __builtin_expect(is_early, 1) ? false : give_credit();
  }

  // The plain frame at the front. False: there is none; front() knows what there is. The body stays
  // where it is until the pipe is read again.
  [[nodiscard]] bool front_frame(Frame& frame) {
    if (__builtin_expect(read_.position == known_, 0) && !refresh()) return false;
    const std::uint8_t* at = read_.chunk->data() + read_.offset;
    if (__builtin_expect(at[0] > 3, 0)) return false;
    frame = read_frame(at);
    return true;
  }
  // Removes it. True: as with pop().
  [[nodiscard]] bool pop_frame(const Frame& frame) {
    read_.offset += frame.length;
    read_.position += frame.length;
    prefetch_front();
    return !frame.has_more && messages_taken(1);
  }
  [[nodiscard]] bool front(Record& record) { return peek(read_, record); }
  // Removes the record at the front, which `front` returned. Its Body or PeerInfo now belongs to
  // the caller. True: the writer waits for room, there is enough now, and the caller must tell it.
  [[nodiscard]] bool pop(const Record& record);
  // Gives the writer credit for everything that was taken, although it is less than usual. True:
  // the writer waits for room and must be told. Before going dormant, and when the limit has grown.
  [[nodiscard]] bool give_credit();
  // Announces that the reader will not look again unless told. False: something has come in.
  [[nodiscard]] bool go_dormant();
  // The same if nobody can be writing at this moment.
  [[nodiscard]] bool go_dormant_alone();
  // Messages taken so far; the read side's.
  std::uint64_t messages_read() const { return messages_read_; }
  // The reader has nothing now, but will look again by itself: the writer need not fence.
  void stay_awake() {
    short_naps_ = 0;
    if (is_fenced_.load(std::memory_order_relaxed)) {
      is_fenced_.store(false, std::memory_order_relaxed);
    }
  }
  // The chunk that holds the front record: a slice of it needs a count on it.
  Chunk& front_chunk() { return *read_.chunk; }

  // --- either side

  // The greatest number of messages in the pipe; 0: no limit.
  void set_limit(std::uint32_t messages) { limit_.store(messages, std::memory_order_relaxed); }
  std::uint32_t limit() const { return limit_.load(std::memory_order_relaxed); }

  // Messages published so far; the write side's.
  std::uint64_t messages_written() const { return messages_written_; }

  // Drops the references that a record owns.
  static void release(const Record& record);

 private:
  static constexpr std::size_t kShortMax = 255;  // octets of a body whose size takes one
  static constexpr std::uint32_t kLongHeader = 9;
  // A reader that has caught up so often since it slept, with so few bytes to read each time,
  // leaves the writer alone for so long.
  static constexpr std::uint32_t kCatchesBefore = 3;
  static constexpr std::uint64_t kLittle = 512;
  static constexpr std::uint64_t kAloneNs = 300;
  static constexpr std::size_t kCacheLine = 64;
  static constexpr std::size_t kAhead = 4 * kCacheLine;

  [[nodiscard]] bool ask_for_credit(std::uint32_t most);
  // One byte is kept for the mark that leads to the next chunk.
  bool has_room_for(std::size_t bytes) const {
    return write_chunk_->capacity() - write_offset_ > bytes;
  }
  void frame_appended(const std::uint8_t* at, std::uint32_t length, bool more) {
    commit(length);
    if (!more) ++pending_messages_;
    // A publisher with many pipes comes back when the next line is long out of its cache; further
    // ones may be in that of the reader's core.
    __builtin_prefetch(at + length + kCacheLine, 1);
    __builtin_prefetch(at + length + kAhead, 1);
  }
  [[nodiscard]] std::uint8_t* reserve(std::size_t bytes);
  [[nodiscard]] bool add_chunk(std::size_t bytes, Bytes moved);
  std::uint32_t next_chunk_bytes() const;
  void commit(std::uint32_t bytes) {
    write_offset_ += bytes;
    written_ += bytes;
  }
  [[nodiscard]] bool append_mark(std::uint8_t mark);
  [[nodiscard]] bool refresh();
  const std::uint8_t* look(Cursor& cursor);
  // Whoever reads from many pipes in turn finds the next record of this one in its cache then, and
  // what is further ahead comes over from the writer's core meanwhile.
  void prefetch_front() const {
    const std::uint8_t* next = read_.chunk->data() + read_.offset;
    __builtin_prefetch(next);
    __builtin_prefetch(next + kCacheLine);
    __builtin_prefetch(next + kAhead);
  }
  void drop_spare();
  void choose_fence();
  void leave_chunk(Chunk& finished);
  void drop_records(Cursor from, std::uint64_t until);
  std::uint32_t low_water_mark() const { return (limit() + 1) / 2; }

  // write side
  Chunk* write_chunk_ = nullptr;
  std::uint32_t write_offset_ = 0;
  std::uint32_t pending_messages_ = 0;
  std::uint64_t written_ = 0;
  Cursor marked_;  // where the unpublished bytes begin
  std::uint64_t messages_written_ = 0;
  std::uint64_t seen_taken_ = 0;
  Chunk* first_ = nullptr;  // read once by the reader, after the first publish
  std::uint32_t chunks_written_ = 0;
  bool begins_to_wait_ = false;

  // written by the writer
  alignas(64) Atomic<std::uint64_t> published_{0};

  // written by the reader
  alignas(64) Atomic<bool> dormant_{false};
  Atomic<bool> is_fenced_{true};  // at first: most pipes of short lives carry little
  Atomic<bool> writer_waits_{false};
  Atomic<std::uint32_t> limit_{0};
  Atomic<std::uint64_t> taken_{0};
  Atomic<Chunk*> spare_{nullptr};
  Atomic<std::uint32_t> chunks_read_{0};

  // read side
  alignas(64) Cursor read_;
  std::uint64_t known_ = 0;  // the last value of published_ that was loaded
  std::uint64_t messages_read_ = 0;
  std::uint64_t credited_ = 0;    // what `taken_` says
  std::uint32_t catches_up_ = 0;  // since the last sleep
  std::uint64_t slept_at_ = 0;    // messages_read_ when the reader went to sleep last
  std::uint32_t short_naps_ = kShortNapsBefore;
};

}  // namespace zmqng
