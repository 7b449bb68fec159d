// InputBuffer: what a connection has received and nobody has taken yet: the beginning of a frame,
// or what the pipe has no room for.
//
// Owner:   Connection. Threads: whoever holds the Link's baton.
// Holds:   an idle connection has no memory here but the few bytes of an unfinished frame. A lot of
//          input is read to where it will stay, in the open chunk of the pipe; little goes through
//          a scratch buffer that all connections of a reactor share.
#pragma once

#include "pipe/ypipe.h"
#include "security/octets.h"
#include "transport/stream.h"

namespace zmqng {

class InputBuffer {
 public:
  // Reads once, behind what is here. `pipe`: where frames may be read in place, or null.
  // `scratch`: may be empty if there is a pipe. A failure for lack of memory is ENOMEM.
  IoResult read(Stream& stream, YPipe* pipe, MutableBytes scratch);

  Bytes bytes() const { return bytes_; }
  bool is_empty() const { return bytes_.empty(); }
  void take(std::size_t count) { bytes_ = bytes_.subspan(count); }
  void clear() { bytes_ = {}; }
  // What is left outlives the scratch buffer. After every read, once all that can be is taken.
  void keep_rest();

  // The last read has filled its buffer: there is probably more.
  bool was_full() const { return was_full_; }
  // A body that is read past this buffer was begun: the next frame is probably large as well, so
  // that only its beginning is wanted here.
  void expect_large() { expects_large_ = true; }

 private:
  // Room for a read in place, and the chunk to ask for. A lot: in the last read came so much.
  static constexpr std::size_t kLittle = 2048;
  static constexpr std::uint32_t kLittleChunk = 4096;
  static constexpr std::size_t kLot = 16 * 1024;
  static constexpr std::size_t kLotFrom = 8 * 1024;
  static constexpr std::size_t kBeforeLarge = 4096;

  MutableBytes make_room(YPipe* pipe, MutableBytes scratch);

  Bytes bytes_;
  Octets kept_;
  bool is_in_scratch_ = false;
  bool gets_a_lot_ = false;
  bool was_full_ = false;
  bool expects_large_ = false;
};

}  // namespace zmqng
