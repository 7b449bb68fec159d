// Which library is under test: the API tests know it by zmq.h only.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <cstdint>

namespace api_test {

// The reference is libzmq of any version. The library of this project is told from it by a content
// of 40 octets: it keeps that inside the zmq_msg_t (Message.KeepsUpTo48BytesInline holds it to
// that), where libzmq has no room for more than 33.
inline bool is_reference() {
  static const bool answer = [] {
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, 40) != 0) return false;
    const auto content = reinterpret_cast<uintptr_t>(zmq_msg_data(&message));
    const auto begin = reinterpret_cast<uintptr_t>(&message);
    zmq_msg_close(&message);
    return content < begin || content >= begin + sizeof message;
  }();
  return answer;
}

// For behaviour in which the reference is known to be wrong: the test holds for the others.
#define SKIP_ON_REFERENCE(reason) \
  if (::api_test::is_reference()) GTEST_SKIP() << "the reference differs: " << reason

}  // namespace api_test
