// No subscription is ever dropped, however many there are. (demand B1)
#include <gtest/gtest.h>
#include <zmq.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/support/child.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

// The whole demand is a million; a test run is content with fewer (API_TEST_TOPICS overrides).
int topics_wanted() {
  return environment_int("API_TEST_TOPICS", is_sanitized ? 20'000 : 100'000);
}

std::string topic(int number) {
  return "topic-" + std::to_string(number);
}

// Reads subscriptions until all have come, each once; counts the distinct ones.
void expect_all_subscriptions(Socket& publisher, int count) {
  std::vector<bool> seen(static_cast<size_t>(count), false);
  for (int received = 0; received < count; ++received) {
    char text[64];
    const int size = zmq_recv(publisher, text, sizeof text, 0);
    ASSERT_GT(size, 7) << "only " << received << " of " << count << " came";
    ASSERT_EQ(text[0], 1);
    const int number = std::stoi(std::string(text + 7, static_cast<size_t>(size) - 7));
    ASSERT_FALSE(seen[static_cast<size_t>(number)]) << "twice: " << number;
    seen[static_cast<size_t>(number)] = true;
  }
}

class SlowSubscriptions : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, SlowSubscriptions, stream_transports(), transport_label);

TEST_P(SlowSubscriptions, AllArriveAgainAfterEveryRestart) {
  SKIP_ON_REFERENCE("those beyond the high-water mark are dropped");
  const int count = topics_wanted();
  Context context;
  Socket subscriber(context, ZMQ_SUB);
  subscriber.set(ZMQ_RECONNECT_IVL, 5);
  FreeEndpoint place(GetParam());
  // Half of them before there is a connection, half while there is one.
  for (int i = 0; i < count / 2; ++i) subscriber.set(ZMQ_SUBSCRIBE, topic(i));
  subscriber.connect(place.text());
  for (int restart = 0; restart < 2; ++restart) {
    Context other;
    Socket publisher(other, ZMQ_XPUB);
    publisher.bind(place.text());
    if (restart == 0) {
      for (int i = count / 2; i < count; ++i) subscriber.set(ZMQ_SUBSCRIBE, topic(i));
    }
    std::atomic<bool> done{false};
    // The subscriber's application goes on using its socket meanwhile.
    std::thread reader([&] {
      while (!done) (void)subscriber.wait_readable(std::chrono::milliseconds{5});
    });
    expect_all_subscriptions(publisher, count);
    done = true;
    reader.join();
    if (HasFailure()) return;
    publisher.send(topic(count - 1));
    EXPECT_EQ(subscriber.recv_one(), topic(count - 1));
  }
}

TEST(Subscriptions, MoreThanTheHighWaterMarkArriveOverInproc) {
  SKIP_ON_REFERENCE("those beyond the high-water mark are dropped");
  constexpr int count = 20'000;
  Context context;
  Socket publisher(context, ZMQ_XPUB), subscriber(context, ZMQ_SUB);
  subscriber.connect(publisher.bind_any(Transport::inproc));
  for (int i = 0; i < count; ++i) subscriber.set(ZMQ_SUBSCRIBE, topic(i));
  expect_all_subscriptions(publisher, count);
}

TEST(Subscriptions, ASmallHighWaterMarkDropsNoneToo) {
  SKIP_ON_REFERENCE("those beyond the high-water mark are dropped");
  constexpr int count = 5'000;
  Context context;
  Socket publisher(context, ZMQ_XPUB), subscriber(context, ZMQ_SUB);
  publisher.set(ZMQ_RCVHWM, 1);
  subscriber.set(ZMQ_SNDHWM, 1);
  subscriber.connect(publisher.bind_any(Transport::tcp));
  for (int i = 0; i < count; ++i) subscriber.set(ZMQ_SUBSCRIBE, topic(i));
  expect_all_subscriptions(publisher, count);
}

}  // namespace
}  // namespace api_test
