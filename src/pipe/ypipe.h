// YPipe: one direction of a pipe: a single-producer, single-consumer queue of frames kept as wire
// bytes.
//
// Owner:    Pipe. Lives until both PipeEnds have left.
// Threads:  write side - holder of the writing PipeEnd; read side - holder of the reading one.
//           Shared: `published_` (release / acquire), `dormant_` (asymmetric fence, see fence.h; a
//           reader that sleeps after every few messages asks the writer, by `is_fenced_`, for full
//           fences: membarrier would cost more),
//           `taken_` and `writer_waits_` (credit; sequentially consistent, touched once per half
//           high-water mark), `limit_` (plain number, either side may change it).
// Holds:    read <= published <= written. Published bytes never change. Only whole messages are
//           published, so a reader never meets half a message.
#pragma once

#include <cstdint>

#include "message/message.h"
#include "pipe/chunk.h"
#include "pipe/record.h"
#include "sync/atomic.h"
#include "sync/fence.h"

namespace zmqng {

class YPipe {
 public:
  // A reader that takes so few messages between two sleeps, so often, asks for full fences.
  static constexpr std::uint64_t kFewMessages = 8;
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

  [[nodiscard]] bool append_frame(Bytes body, bool more);
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
  bool has_unpublished() const { return written_ != marked_.position; }

  // Whether another message may be begun. False: the reader will report when it has made room.
  [[nodiscard]] bool has_credit() {
    const std::uint32_t most = limit();
    if (__builtin_expect(most == 0 || messages_written_ - seen_taken_ < most, 1)) return true;
    return ask_for_credit(most);
  }
  // Looks only; nothing will be reported.
  [[nodiscard]] bool would_have_credit() const;

  // --- read side

  // Decodes the record at `cursor`, stepping into the next chunk if need be. False: nothing there.
  [[nodiscard]] bool peek(Cursor& cursor, Record& record);
  static void step(Cursor& cursor, const Record& record) {
    cursor.offset += record.length;
    cursor.position += record.length;
  }
  Cursor read_cursor() const { return read_; }
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
  [[nodiscard]] bool ask_for_credit(std::uint32_t most);
  [[nodiscard]] std::uint8_t* reserve(std::size_t bytes);
  [[nodiscard]] bool add_chunk(std::size_t bytes, Bytes moved);
  std::uint32_t next_chunk_bytes() const;
  void commit(std::uint32_t bytes) {
    write_offset_ += bytes;
    written_ += bytes;
  }
  [[nodiscard]] bool append_mark(std::uint8_t mark);
  [[nodiscard]] bool refresh();
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

  // written by the writer
  alignas(64) Atomic<std::uint64_t> published_{0};

  // written by the reader
  alignas(64) Atomic<bool> dormant_{false};
  Atomic<bool> is_fenced_{false};
  Atomic<bool> writer_waits_{false};
  Atomic<std::uint32_t> limit_{0};
  Atomic<std::uint64_t> taken_{0};
  Atomic<Chunk*> spare_{nullptr};
  Atomic<std::uint32_t> chunks_read_{0};

  // read side
  alignas(64) Cursor read_;
  std::uint64_t known_ = 0;  // the last value of published_ that was loaded
  std::uint64_t messages_read_ = 0;
  std::uint64_t credited_ = 0;  // what `taken_` says
  std::uint64_t slept_at_ = 0;  // messages_read_ when the reader went to sleep last
  std::uint32_t short_naps_ = 0;
};

}  // namespace zmqng
