#include "zmtp/greeting.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace zmqng {

GreetingExchange::GreetingExchange(SocketType own, std::size_t routing_id_bytes,
                                   std::string_view mechanism, Octets& output)
    : mechanism_(mechanism), own_(own) {
  CHECK(mechanism.size() <= kMechanismBytes);
  // To a 1.0 peer these ten octets are the header of our identity frame: ff, length, flags.
  std::uint8_t signature[kSignatureBytes] = {0xff};
  store_be64(signature + 1, routing_id_bytes + 1);
  signature[9] = 0x7f;
  append(output, Bytes{signature});
}

std::size_t GreetingExchange::feed(Bytes input, Octets& output) {
  std::size_t consumed = 0;
  while (consumed < input.size() && state_ < State::complete) {
    if (received_bytes_ == 0 && input[0] != 0xff) {
      state_ = State::complete;  // 1.0, short identity frame
      break;
    }
    const std::size_t wanted = bytes_expected() - received_bytes_;
    const std::size_t taken = std::min(wanted, input.size() - consumed);
    std::memcpy(received_.data() + received_bytes_, input.data() + consumed, taken);
    received_bytes_ = static_cast<std::uint8_t>(received_bytes_ + taken);
    consumed += taken;
    if (taken == wanted) advance(output);
  }
  return consumed;
}

// Octets after which the state changes, counted from the start.
std::size_t GreetingExchange::bytes_expected() const {
  switch (state_) {
    case State::expect_signature:
      return kSignatureBytes;
    case State::expect_major:
      return kMajorAt + 1;
    case State::expect_type:
      return kGreetingBytesV2;
    default:
      return kGreetingBytes;
  }
}

void GreetingExchange::advance(Octets& output) {
  switch (state_) {
    case State::expect_signature:
      if ((received_[9] & 1) == 0) {
        state_ = State::complete;  // 1.0, long identity frame
      } else {
        output.push_back(3);
        state_ = State::expect_major;
      }
      break;
    case State::expect_major:
      on_major(output);
      break;
    case State::expect_type:
      version_ = received_[kMajorAt] == 0 ? Version::v1_0_versioned : Version::v2_0;
      state_ = State::complete;
      break;
    case State::expect_rest:
      // Majors other than 3 have to get along with 3.1, whatever follows.
      version_ =
          received_[kMajorAt] == 3 && received_[kMinorAt] == 0 ? Version::v3_0 : Version::v3_1;
      state_ = is_mechanism_equal() ? State::complete : State::mechanism_mismatch;
      break;
    case State::complete:
    case State::mechanism_mismatch:
      CHECK(false);
  }
}

void GreetingExchange::on_major(Octets& output) {
  if (received_[kMajorAt] <= 1) {
    output.push_back(static_cast<std::uint8_t>(own_));
    state_ = State::expect_type;
    return;
  }
  // Minor, mechanism, as-server (never set, never read), filler; the peer's minor is not awaited.
  output.push_back(1);
  append(output, mechanism_);
  output.resize(output.size() + (kGreetingBytes - kMechanismAt - mechanism_.size()), 0);
  state_ = State::expect_rest;
}

bool GreetingExchange::is_mechanism_equal() const {
  std::array<std::uint8_t, kMechanismBytes> own{};
  std::copy(mechanism_.begin(), mechanism_.end(), own.begin());
  return equal(own, Bytes{received_}.subspan(kMechanismAt, kMechanismBytes));
}

}  // namespace zmqng
