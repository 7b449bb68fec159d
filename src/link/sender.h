// Sender: moves bytes from a pipe (and from a small buffer of control frames) to a stream.
//
// Owner:   Connection. Threads: whoever holds the Link's Baton.
// Holds:   bytes leave the pipe only after the kernel took them; control frames (`stage`) are sent
//          between two frames of the pipe, never inside one.
//
//   [rest of a frame partly sent] [staged] [frames of the pipe, one iovec per run]
#pragma once

#include <cstdint>

#include "pipe/pipe.h"
#include "security/octets.h"
#include "transport/stream.h"
#include "zmtp/version.h"

namespace zmqng {

class Sender {
 public:
  enum class Outcome : std::uint8_t {
    idle,     // everything is sent; the pipe will tell of more
    blocked,  // the kernel takes no more for now
    again,    // there is more, but others want a turn
    lost,     // the connection cannot be written to any more
  };

  // How frames look on this connection.
  enum class Encoding : std::uint8_t { zmtp, zmtp_v1, raw };

  explicit Sender(Stream& stream) : stream_(stream) {}
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // From here on the pipe is sent, too. `skips_to_restart`: subscriptions of an earlier connection
  // may be in it; the subscriber repeats them all behind a restart mark.
  void attach(PipeEnd& far, Encoding encoding, Version version, bool skips_to_restart);
  void detach() { far_ = nullptr; }

  void stage(Bytes bytes);
  bool has_staged() const { return staged_sent_ < staged_.size(); }

  // Sends until nothing is left, the kernel is full, or a turn's share is used up.
  Outcome flush();

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

    void add(Bytes more);
  };

  void gather(Batch& batch);
  void gather_records(Batch& batch, YPipe::Cursor cursor);
  void consume(std::size_t bytes);
  bool prepare_special();
  bool stage_from_slot();
  bool stage_record(const Record& record);
  void finish(const Record& record);
  bool go_dormant();
  static std::size_t wire_size(const Record& record);

  Stream& stream_;
  PipeEnd* far_ = nullptr;
  Octets staged_;
  std::size_t staged_sent_ = 0;
  std::size_t sent_in_record_ = 0;
  Encoding encoding_ = Encoding::zmtp;
  Version version_ = Version::v3_1;
  int lost_error_ = 0;
  bool skips_to_restart_ = false;
  bool is_inside_message_ = false;
  bool has_reached_end_ = false;
};

}  // namespace zmqng
