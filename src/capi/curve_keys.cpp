// zmq_curve_keypair and zmq_curve_public: keys of Curve25519 as Z85 text of 40 characters and a
// NUL.
#include <sodium.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/z85.h"
#include "zmq.h"

namespace {

using Key = std::array<std::uint8_t, crypto_box_PUBLICKEYBYTES>;
static_assert(crypto_box_SECRETKEYBYTES == crypto_box_PUBLICKEYBYTES);

constexpr std::size_t kTextSize = zmqng::z85_encoded_size(crypto_box_PUBLICKEYBYTES);

int fail(int error) {
  errno = error;
  return -1;
}

void write_text(const Key& key, char* text) {
  zmqng::z85_encode(key, text);
  text[kTextSize] = 0;
}

}  // namespace

int zmq_curve_keypair(char* public_z85, char* secret_z85) {
  if (public_z85 == nullptr || secret_z85 == nullptr) return fail(EINVAL);
  if (sodium_init() < 0) return fail(ENOTSUP);
  Key public_key;
  Key secret_key;
  crypto_box_keypair(public_key.data(), secret_key.data());
  write_text(public_key, public_z85);
  write_text(secret_key, secret_z85);
  sodium_memzero(secret_key.data(), secret_key.size());
  return 0;
}

int zmq_curve_public(char* public_z85, const char* secret_z85) {
  if (public_z85 == nullptr || secret_z85 == nullptr) return fail(EINVAL);
  if (sodium_init() < 0) return fail(ENOTSUP);
  if (std::strlen(secret_z85) != kTextSize) return fail(EINVAL);
  Key secret_key;
  if (!zmqng::z85_decode({secret_z85, kTextSize}, secret_key.data())) return fail(EINVAL);
  Key public_key;
  crypto_scalarmult_base(public_key.data(), secret_key.data());
  write_text(public_key, public_z85);
  sodium_memzero(secret_key.data(), secret_key.size());
  return 0;
}
