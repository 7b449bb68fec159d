// Sender: moves bytes from a pipe (and from a small buffer of control frames) to a stream.
//
// Owner:   Connection. Threads: whoever holds the Link's Baton.
// Holds:   records leave the pipe only after the kernel took their bytes, also those that have to
//          be written in another form first. (The latest message of a conflating pipe leaves when
//          it is staged.) Control frames (`stage`) are sent between two frames of the pipe, never
//          inside one.
//
//   [rest of a frame partly sent] [staged: records in another form, control frames]
//   [frames of the pipe as they are, one iovec per run]
#pragma once

#include <cstdint>
#include <vector>

#include "pipe/pipe.h"
#include "reactor/rounds.h"
#include "security/octets.h"
#include "transport/stream.h"
#include "zmtp/version.h"

namespace zmqng {

// For a Link without a connection, when its subscriber starts over: throws away the subscriptions
// at the front of the pipe that are repeated behind the last restart mark. Stops at data, which
// waits for the connection.
void drop_to_restart(PipeEnd& far);

class Sender {
 public:
  enum class Outcome : std::uint8_t {
    idle,     // everything is sent; the pipe will tell of more
    blocked,  // the kernel takes no more for now
    again,    // there is more, but others want a turn
    awake,    // everything is sent, but the pipe, which is busy, will not tell: look again soon
    lost,     // the connection cannot be written to any more
  };

  // How frames look on this connection.
  enum class Encoding : std::uint8_t { zmtp, zmtp_v1, raw };

  explicit Sender(Stream& stream) : stream_(stream) {}
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // From here on the pipe is sent, too. `skips_to_restart`: subscriptions that were meant for an
  // earlier connection may be in it. The subscriber repeats them all behind a restart mark: they
  // are dropped up to the last mark that is there now, or else the first to come. Data is sent.
  void attach(PipeEnd& far, Encoding encoding, Version version, bool skips_to_restart);

  void stage(Bytes bytes);
  bool has_staged() const { return staged_sent_ < staged_.size(); }

  // Sends until nothing is left, the kernel is full, or a turn's share is used up.
  // `rounds`: whoever calls can look again soon.
  Outcome flush(Rounds* rounds = nullptr);

  // For the thread that writes to the pipe: sends what can go as it stands. True: that was all, and
  // the pipe sleeps again, unless it was awake. False: a flush() is needed.
  [[nodiscard]] bool flush_now();

  // The writer's `end` is at the front: all before it is with the kernel.
  bool has_reached_end() const { return has_reached_end_; }

  // Why the last flush said `lost`.
  int lost_error() const { return lost_error_; }

  // The connection is over: leaves the pipe at the start of a whole message.
  void skip_to_message_start();

 private:
  static constexpr int kPartsMax = 128;
  static constexpr std::size_t kBatchBytes = 256 * 1024;
  static constexpr std::size_t kStageBytes = 64 * 1024;
  static constexpr int kBatchesPerTurn = 8;

  struct Batch {
    iovec parts[kPartsMax];
    int count = 0;
    std::size_t bytes = 0;
    // All of it are runs of plain frames at the front of the pipe; how many messages, and whether
    // the last one is complete.
    bool is_plain = false;
    bool ends_inside = false;
    std::uint64_t messages = 0;

    void add(Bytes more);
    void add(const YPipe::Run& run);
  };

  void gather(Batch& batch);
  void gather_records(Batch& batch, YPipe::Cursor cursor);
  void take_out(const Batch& batch, std::size_t bytes);
  void consume(std::size_t bytes);
  std::size_t consume_staged(std::size_t bytes);
  void clear_staged();
  bool prepare_special();
  bool stage_from_slot();
  bool drop_unsent();
  bool is_sent(const Record& record) const;
  bool is_sent_as_it_is(const Record& record) const;
  void stage_record(const Record& record);
  bool has_staged_records() const { return staged_finished_ < staged_ends_.size(); }
  bool is_staged_record_cut() const;
  void finish(const Record& record);
  void give_credit();
  bool go_dormant();
  bool stays_awake(Rounds& rounds);
  Bytes head_of(const Record& record) const;
  std::size_t wire_size(const Record& record) const;

  Stream& stream_;
  PipeEnd* far_ = nullptr;
  Octets staged_;
  std::size_t staged_sent_ = 0;
  // The records that `staged_` begins with are still at the front of the pipe. Where each one ends,
  // and how many are sent and have left the pipe.
  std::vector<std::size_t> staged_ends_;
  std::size_t staged_finished_ = 0;
  std::size_t sent_in_record_ = 0;
  std::uint64_t seen_ = 0;  // messages that had been read when we last looked, see stays_awake()
  bool is_awake_ = false;   // somebody looks again soon
  bool has_cancelled_ = false;  // since we last looked
  Encoding encoding_ = Encoding::zmtp;
  Version version_ = Version::v3_1;
  std::uint64_t restart_at_ = 0;  // where in the pipe the skipping ends at the earliest
  int lost_error_ = 0;
  bool skips_to_restart_ = false;
  bool is_inside_message_ = false;
  bool has_reached_end_ = false;
};

}  // namespace zmqng
