// FastPaths: the short cuts that can be switched off, each by itself, to find out whether one of
// them is to blame: by the environment variable ZMQNG_WITHOUT, a list of the names below, or "all".
// Read once, when the library is loaded.
#pragma once

namespace zmqng {

struct FastPaths {
  bool sends_directly = true;   // direct-send: zmq_send writes to an idle connection itself
  bool borrows_input = true;    // borrowed-input: a thread that waits reads its connections itself
  bool reads_in_place = true;   // in-place: frames stay where they were read to; zmq_recv copies
                                // from there
  bool spins = true;            // spin: a wait begins with looking again, if that paid lately
  bool makes_rounds = true;     // rounds: the reactor comes to busy pipes, which need not wake it
  bool gathers = true;          // gather: a fast reader leaves the writer alone for a moment
  bool recycles_blocks = true;  // block-cache: freed memory of large messages is kept for a while
};

extern const FastPaths g_fast_paths;

inline const FastPaths& fast_paths() {
  return g_fast_paths;
}

}  // namespace zmqng
