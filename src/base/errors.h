// ZeroMQ's own errno values, as the C API publishes them.
#pragma once

#include <cerrno>

namespace zmqng {

inline constexpr int kErrnoBase = 156384712;
inline constexpr int kEfsm = kErrnoBase + 51;
inline constexpr int kEnocompatproto = kErrnoBase + 52;
inline constexpr int kEterm = kErrnoBase + 53;
inline constexpr int kEmthread = kErrnoBase + 54;

}  // namespace zmqng
