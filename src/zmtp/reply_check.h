// ReplyCheck: whether the frames that reach a REQ socket have the shape of replies. A peer that
// sends anything else is to be disconnected at once, before the application looks (RFC 28;
// measured).
//
//   expect_envelope --empty, more--> expect_body      --last--> expect_envelope
//   expect_envelope --four octets, more--> expect_delimiter --empty, more--> expect_body
//
// Owner and threads: the connection's.
#pragma once

#include <cstdint>

namespace zmqng {

class ReplyCheck {
 public:
  // One message frame, by its header. False: not a reply. Commands are not passed here.
  [[nodiscard]] bool accepts(std::uint64_t body_bytes, bool has_more) {
    switch (state_) {
      case State::expect_envelope:
        // Four octets are a request id (ZMQ_REQ_CORRELATE), whether we sent one or not.
        if (!has_more || (body_bytes != 0 && body_bytes != kRequestIdBytes)) return false;
        state_ = body_bytes == 0 ? State::expect_body : State::expect_delimiter;
        return true;
      case State::expect_delimiter:
        if (!has_more || body_bytes != 0) return false;
        state_ = State::expect_body;
        return true;
      case State::expect_body:
        if (!has_more) state_ = State::expect_envelope;
        return true;
    }
    return false;
  }

 private:
  enum class State : std::uint8_t { expect_envelope, expect_delimiter, expect_body };

  static constexpr std::uint64_t kRequestIdBytes = 4;

  State state_ = State::expect_envelope;
};

}  // namespace zmqng
