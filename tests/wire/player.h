// Player: plays a recorded conversation against the library: sends what the peer sent and expects
// what the library sent.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "wire/library.h"
#include "wire/vectors.h"

namespace wire {

class Player {
 public:
  Player(const std::string& name, ZmtpPeer peer)
      : vector_(load_vector(name)), peer_(std::move(peer)) {}

  // Plays on to the end.
  void play() {
    while (at_ < segments().size() && !testing::Test::HasFailure()) play_one();
  }
  // Plays on until just before the segment whose meaning starts so.
  void play_until(std::string_view meaning) {
    while (!next_means(meaning) && !testing::Test::HasFailure()) {
      ASSERT_LT(at_, segments().size()) << "no segment '" << meaning << "'";
      play_one();
    }
  }
  // Plays the next `count` segments.
  void play_next(std::size_t count) {
    for (; count > 0 && !testing::Test::HasFailure(); --count) play_one();
  }

  ZmtpPeer& peer() { return peer_; }

 private:
  const nlohmann::json& segments() const { return vector_["segments"]; }
  bool next_means(std::string_view meaning) const {
    return at_ < segments().size() &&
           segments()[at_]["meaning"].get<std::string>().starts_with(meaning);
  }

  void play_one() {
    const nlohmann::json& segment = segments()[at_++];
    std::string octets = from_hex(segment["hex"].get<std::string>());
    SCOPED_TRACE(segment.dump().substr(0, 300));
    if (segment["dir"] == "P>L") {
      ASSERT_TRUE(peer_.send(octets));
      return;
    }
    // The recorded library forgot the long flag here; the octets are right otherwise.
    if (!segment.value("well_formed", true)) octets[0] |= 2;
    std::string got = peer_.recv(segment["len"].get<std::size_t>());
    ASSERT_EQ(got.size(), segment["len"].get<std::size_t>());
    got.resize(octets.size());  // of a truncated segment only the beginning is known
    mask(segment, octets);
    mask(segment, got);
    ASSERT_EQ(to_hex(got), to_hex(octets));
  }

  // Blanks the octets that differ from run to run.
  static void mask(const nlohmann::json& segment, std::string& octets) {
    if (!segment.contains("random")) return;
    for (const nlohmann::json& range : segment["random"]) {
      const std::size_t length = range["length"].get<std::size_t>();
      octets.replace(range["offset"].get<std::size_t>(), length, length, '?');
    }
  }

  nlohmann::json vector_;
  ZmtpPeer peer_;
  std::size_t at_ = 0;
};

}  // namespace wire
