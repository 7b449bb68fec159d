// zmq_z85_encode and zmq_z85_decode (RFC 32).
#include "base/z85.h"

#include <cerrno>
#include <cstring>

#include "zmq.h"

char* zmq_z85_encode(char* dest, const uint8_t* data, size_t size) {
  const bool has_pointers = dest != nullptr && (data != nullptr || size == 0);
  if (!has_pointers || !zmqng::z85_encode({data, size}, dest)) {
    errno = EINVAL;
    return nullptr;
  }
  dest[zmqng::z85_encoded_size(size)] = 0;
  return dest;
}

uint8_t* zmq_z85_decode(uint8_t* dest, const char* text) {
  const bool has_pointers = dest != nullptr && text != nullptr;
  // Nothing is not a Z85 text: the reference refuses it.
  if (!has_pointers || *text == 0 || !zmqng::z85_decode({text, std::strlen(text)}, dest)) {
    errno = EINVAL;
    return nullptr;
  }
  return dest;
}
