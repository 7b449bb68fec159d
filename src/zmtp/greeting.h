// GreetingExchange: both sides' first octets, until the version is known (zmtp 2). Pure: octets in,
// octets out; staged, so that a peer of any age sees what it expects.
//
// Owner:   the Peer, during the handshake. Threads: the Peer's.
// Holds:   never consumes an octet that follows the greeting.
//
//   expect_signature --octet 0 is not ff, or octet 9 even--> complete(v1_0)
//   expect_signature --ten octets--> expect_major
//   expect_major --0--> expect_type --> complete(v1_0_versioned)
//   expect_major --1--> expect_type --> complete(v2_0)
//   expect_major --other--> expect_rest --64 octets--> complete(v3_x)
//   expect_rest --other mechanism--> mechanism_mismatch
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "security/octets.h"
#include "zmtp/socket_type.h"
#include "zmtp/version.h"

namespace zmqng {

class GreetingExchange {
 public:
  enum class State : std::uint8_t {
    expect_signature,
    expect_major,
    expect_type,
    expect_rest,
    complete,
    mechanism_mismatch,
  };

  // `mechanism` has at most 20 octets and outlives this object. Appends the signature to `output`.
  GreetingExchange(SocketType own, std::size_t routing_id_bytes, std::string_view mechanism,
                   Octets& output);

  // Consumes a prefix of `input`, appends what is due to `output`, returns the prefix's length:
  // everything while the greeting is incomplete.
  std::size_t feed(Bytes input, Octets& output);

  State state() const { return state_; }

  // Once complete.
  Version version() const { return version_; }

  // Once complete(v1_0_versioned or v2_0): the peer's socket type, as the octet it sent.
  std::uint8_t peer_type() const { return received_[kMinorAt]; }

  // Once complete(v1_0): octets consumed that belong to the peer's 1.0 stream. They are nothing or
  // exactly the header of a long frame.
  Bytes start_of_v1_stream() const { return {received_.data(), received_bytes_}; }

 private:
  static constexpr std::size_t kSignatureBytes = 10;
  static constexpr std::size_t kMajorAt = 10;
  static constexpr std::size_t kMinorAt = 11;
  static constexpr std::size_t kMechanismAt = 12;
  static constexpr std::size_t kMechanismBytes = 20;
  static constexpr std::size_t kGreetingBytesV2 = 12;
  static constexpr std::size_t kGreetingBytes = 64;

  std::size_t bytes_expected() const;
  void advance(Octets& output);
  void on_major(Octets& output);
  bool is_mechanism_equal() const;

  std::string_view mechanism_;
  State state_ = State::expect_signature;
  Version version_ = Version::v1_0;
  SocketType own_;
  std::uint8_t received_bytes_ = 0;
  std::array<std::uint8_t, kGreetingBytes> received_{};
};

}  // namespace zmqng
