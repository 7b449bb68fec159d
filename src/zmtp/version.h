// Version: the protocol a greeting agreed on. Ordered: older is smaller.
#pragma once

#include <cstdint>

namespace zmqng {

enum class Version : std::uint8_t {
  v1_0,            // no greeting: the peer is a libzmq 2.x
  v1_0_versioned,  // a greeting with major octet 0, then 1.0 frames
  v2_0,
  v3_0,
  v3_1,  // also any later version, which has to speak 3.1 to us
};

constexpr bool uses_v1_frames(Version version) {
  return version <= Version::v1_0_versioned;
}

constexpr bool has_commands(Version version) {
  return version >= Version::v3_0;
}

}  // namespace zmqng
