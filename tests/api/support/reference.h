// Which library is under test: the API tests know it by zmq.h only.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

namespace api_test {

// The reference calls itself 4.3.4 (or an older patch); the library of this project 4.3.5.
inline bool is_reference() {
  int major = 0, minor = 0, patch = 0;
  zmq_version(&major, &minor, &patch);
  return major == 4 && minor == 3 && patch <= 4;
}

// For behaviour in which the reference is known to be wrong: the test holds for the others.
#define SKIP_ON_REFERENCE(reason) \
  if (::api_test::is_reference()) GTEST_SKIP() << "the reference differs: " << reason

}  // namespace api_test
