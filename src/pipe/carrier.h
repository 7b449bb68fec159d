// Carrier: what stands behind the far end of a wire pipe, as the thread of the near end sees it: a
// thread that would otherwise wake the reactor, or sleep until the reactor wakes it, does the work
// itself.
//
// Owner:   the Link, which is one. Threads: whoever holds the baton of the pipe; every call needs
// it.
// Holds:   nothing here ends a connection or touches a timer: whatever is more than moving plain
//          messages is left to the reactor, which the caller must then tell.
#pragma once

namespace zmqng {

class Carrier {
 public:
  // A descriptor to be watched for input; -1: the reactor goes on reading.
  struct Borrowed {
    int fd = -1;
    bool has_more = false;    // something is there already: read before sleeping
    bool is_unknown = false;  // the reactor is at it right now: ask again
  };
  enum class Input : unsigned char {
    none,
    came_in,   // look at the pipe
    not_ours,  // the reactor reads, or will
    unknown,   // the reactor is at it right now: ask again
  };

  // Sends what is in the pipe. False: not all of it, the reactor must be told.
  [[nodiscard]] virtual bool send_now() = 0;

  // From here on the reactor does not read; it may take the input back at any time.
  virtual Borrowed borrow_input() = 0;
  // `must_tell`: what has come needs the reactor, which must be told.
  virtual Input read_input(bool& must_tell) = 0;
  // The wait is over. `comes_back`: the next one will follow soon, and the input may stay with the
  // caller; the reactor takes it back if that was wrong. True: the reactor must be told.
  [[nodiscard]] virtual bool return_input(bool comes_back) = 0;

 protected:
  ~Carrier() = default;
};

}  // namespace zmqng
