// Synchronising publishers with subscribers: a subscription travels asynchronously.
#pragma once

#include <string>

#include "api/support/socket.h"

namespace api_test {

// The message that XPUB's application sees, and XSUB's application sends.
inline std::string subscribing(const std::string& topic) {
  return std::string("\1", 1) + topic;
}
inline std::string cancelling(const std::string& topic) {
  return std::string("\0", 1) + topic;
}

// Returns once `subscriber` is known to receive what `publisher` sends on `topic`, with nothing
// of the probing left in it. Other subscribers of the topic see some probes (topic + "?n").
inline void settle(Socket& publisher, Socket& subscriber, const std::string& topic) {
  int sent = 0;
  std::string last;
  const bool arrived = wait_until([&] {
    last = topic + "?" + std::to_string(++sent);
    publisher.send(last);
    return subscriber.wait_readable(std::chrono::milliseconds{2});
  });
  ASSERT_TRUE(arrived) << "no subscription for '" << topic << "' reached the publisher";
  while (subscriber.recv().back() != last && !testing::Test::HasFailure()) {
  }
}

// Waits for `receiver` to have something while the thread of `other` keeps calling into its
// socket: a library need not notice new or renewed connections before it is called.
[[nodiscard]] inline bool wait_served(Socket& other, Socket& receiver) {
  return wait_until([&] {
    (void)other.events();
    return receiver.readable();
  });
}

}  // namespace api_test
