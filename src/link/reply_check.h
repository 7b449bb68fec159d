// ReplyCheck: what a REQ socket demands of the frames that arrive: an empty delimiter (after a
// request id of four octets, if the peer sent one) in front of every body. Pure.
//
//   expect_envelope --empty, more--> body            --last part--> expect_envelope
//   expect_envelope --4 octets, more--> expect_delimiter --empty, more--> body
//          anything else breaks the protocol
//
// Owner: Receiver. Threads: the connection's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zmqng {

class ReplyCheck {
 public:
  // False: close the connection.
  [[nodiscard]] bool accepts(std::size_t body_bytes, bool has_more) {
    switch (state_) {
      case State::expect_envelope:
        if (!has_more) return false;
        if (body_bytes == 0) state_ = State::body;
        if (body_bytes == kRequestIdBytes) state_ = State::expect_delimiter;
        return state_ != State::expect_envelope;
      case State::expect_delimiter:
        state_ = State::body;
        return body_bytes == 0 && has_more;
      case State::body:
        if (!has_more) state_ = State::expect_envelope;
        return true;
    }
    return false;
  }

 private:
  enum class State : std::uint8_t { expect_envelope, expect_delimiter, body };
  static constexpr std::size_t kRequestIdBytes = 4;

  State state_ = State::expect_envelope;
};

}  // namespace zmqng
