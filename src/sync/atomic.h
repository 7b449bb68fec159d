// Atomic: std::atomic, by a name that a test can give to something else. The objects that threads
// share are made of it, and tests/explore compiles them once more with an Atomic (and a fence.h,
// and a wake_fd.h) that a scheduler owns, to try every interleaving.
#pragma once

#include <atomic>

namespace zmqng {

template <typename T>
using Atomic = std::atomic<T>;

}  // namespace zmqng
