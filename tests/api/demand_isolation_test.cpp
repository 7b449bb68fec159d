// Nobody waits for somebody else: not for a monitor's reader (D5), not for a slow resolver (D4).
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/shim/fault_shim.h"
#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

Outcome start_monitor(Socket& socket, const std::string& address) {
  return outcome_of(zmq_socket_monitor(socket, address.c_str(), ZMQ_EVENT_ALL));
}

// ---- D5

TEST(UnreadMonitor, NeverStallsTheTraffic) {
  SKIP_ON_REFERENCE("a full monitor blocks the I/O thread");
  Context context;
  Socket server(context, ZMQ_ROUTER), reader(context, ZMQ_PAIR), dealer(context, ZMQ_DEALER);
  const std::string address = "inproc://" + unique_name();
  ASSERT_EQ(start_monitor(server, address), ok);
  reader.connect(address);  // connected, and then never reads
  server.set(ZMQ_BACKLOG, 4000);
  const std::string endpoint = server.bind_any(Transport::tcp);
  dealer.connect(endpoint);
  for (int i = 0; i < 2500; ++i) {
    PlainTcp::connect(endpoint).close();  // accepted, failed, disconnected: three events
    if (i % 100 != 0) continue;
    dealer.send(std::to_string(i));
    ASSERT_EQ(server.recv().back(), std::to_string(i));
  }
  server.close();
}

TEST(UnreadMonitor, WithoutAnyReaderDoesNotStallTheTrafficEither) {
  SKIP_ON_REFERENCE("the first event blocks the I/O thread");
  Context context;
  Socket server(context, ZMQ_ROUTER), dealer(context, ZMQ_DEALER);
  ASSERT_EQ(start_monitor(server, "inproc://" + unique_name()), ok);
  ASSERT_EQ(start_monitor(dealer, "inproc://" + unique_name()), ok);
  dealer.connect(server.bind_any(Transport::tcp));
  for (int i = 0; i < 100; ++i) {
    dealer.send(std::to_string(i));
    ASSERT_EQ(server.recv().back(), std::to_string(i));
  }
}

TEST(UnreadMonitor, AReaderThatWakesUpGetsWhatIsLeftInOrder) {
  SKIP_ON_REFERENCE("a full monitor blocks the I/O thread");
  Context context;
  Socket server(context, ZMQ_ROUTER);
  server.set(ZMQ_BACKLOG, 4000);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  for (int i = 0; i < 2000; ++i) PlainTcp::connect(endpoint).close();
  Socket dealer(context, ZMQ_DEALER);
  dealer.connect(endpoint);
  dealer.send("last");
  EXPECT_EQ(server.recv().back(), "last");
  // The oldest may have been dropped, so the first event of a descriptor may be any. From then on
  // its connections begin and end in turn.
  std::map<uint32_t, bool> is_open;
  int accepted = 0, succeeded = 0;
  for (const Event& event : events.drain()) {
    EXPECT_EQ(event.address, endpoint);
    if (event.id == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) ++succeeded;
    if (event.id != ZMQ_EVENT_ACCEPTED && event.id != ZMQ_EVENT_DISCONNECTED) continue;
    const bool begins = event.id == ZMQ_EVENT_ACCEPTED;
    if (begins) ++accepted;
    const auto known = is_open.find(event.value);
    ASSERT_TRUE(known == is_open.end() || known->second != begins) << event;
    is_open[event.value] = begins;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_EQ(succeeded, 1) << "the newest are there";
}

// Binding and unbinding report at once, in the caller's thread: what was reported is known.
TEST(UnreadMonitor, KeepsTheNewestEventsForAReaderThatComesLate) {
  SKIP_ON_REFERENCE("the first event blocks until a reader connects");
  Context context;
  Socket server(context, ZMQ_ROUTER), reader(context, ZMQ_PAIR);
  const std::string address = "inproc://" + unique_name();
  ASSERT_EQ(start_monitor(server, address), ok);
  std::vector<std::string> reported;
  for (int i = 0; i < 6000; ++i) {
    reported.push_back(server.bind_any(Transport::tcp));
    reported.push_back(reported.back());
    server.unbind(reported.back());
  }
  reader.connect(address);
  std::vector<std::string> kept;
  while (auto event = reader.try_recv()) kept.push_back(event->back());
  EXPECT_GT(kept.size(), 1000u);
  ASSERT_LT(kept.size(), reported.size()) << "not enough events to drop any";
  EXPECT_TRUE(std::equal(kept.rbegin(), kept.rend(), reported.rbegin())) << "not the newest";
}

TEST(UnreadMonitor, MayBeStoppedReplacedAndClosedInAnyOrder) {
  SKIP_ON_REFERENCE("stopping waits for a reader");
  for (int order = 0; order < 6; ++order) {
    Context context;
    auto server = std::make_unique<Socket>(context, ZMQ_ROUTER);
    auto reader = std::make_unique<Socket>(context, ZMQ_PAIR);
    reader->set(ZMQ_RCVHWM, 1);
    const std::string address = "inproc://" + unique_name();
    ASSERT_EQ(start_monitor(*server, address), ok);
    if (order % 2 == 0) reader->connect(address);
    const std::string endpoint = server->bind_any(Transport::tcp);
    for (int i = 0; i < 50; ++i) PlainTcp::connect(endpoint).close();
    if (order < 2) {
      EXPECT_EQ(outcome_of(zmq_socket_monitor(*server, nullptr, 0)), ok);
    } else if (order < 4) {
      EXPECT_EQ(start_monitor(*server, "inproc://" + unique_name()), ok);
    } else {
      reader.reset();
    }
    for (int i = 0; i < 50; ++i) PlainTcp::connect(endpoint).close();
    server.reset();
    reader.reset();
  }
}

// ---- D4

class HeldName {
 public:
  explicit HeldName(const char* name) { fault_shim_hold_name(name, "127.0.0.1"); }
  ~HeldName() { fault_shim_release_name(); }
};

TEST(SlowResolver, DelaysNobodyElse) {
  SKIP_ON_REFERENCE("names are resolved in the I/O thread");
  Context context;
  const HeldName held("slow.example.org");
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER), waiting(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  waiting.connect("tcp://slow.example.org:" + std::to_string(port_of(endpoint)));
  waiting.send("patient");
  EXPECT_TRUE(wait_until([] { return fault_shim_name_lookups() > 0; }));
  client.connect(endpoint);
  for (int i = 0; i < 50; ++i) {
    client.send(std::to_string(i));
    ASSERT_EQ(server.recv_one(), std::to_string(i));
  }
  fault_shim_release_name();
  EXPECT_EQ(server.recv_one(), "patient");
}

TEST(SlowResolver, DoesNotHoldUpConnectingToOtherNames) {
  SKIP_ON_REFERENCE("names are resolved in the I/O thread");
  Context context;
  const HeldName held("slow.example.org");
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER), waiting(context, ZMQ_DEALER);
  const int port = port_of(server.bind_any(Transport::tcp));
  waiting.connect("tcp://slow.example.org:" + std::to_string(port));
  EXPECT_TRUE(wait_until([] { return fault_shim_name_lookups() > 0; }));
  client.connect("tcp://localhost:" + std::to_string(port));
  client.send("quick");
  EXPECT_EQ(server.recv_one(), "quick");
}

TEST(SlowResolver, DoesNotHoldUpCloseAndTerm) {
  SKIP_ON_REFERENCE("names are resolved in the I/O thread");
  const HeldName held("slow.example.org");
  auto context = std::make_unique<Context>();
  {
    Socket waiting(*context, ZMQ_DEALER);
    waiting.connect("tcp://slow.example.org:5555");
    EXPECT_TRUE(wait_until([] { return fault_shim_name_lookups() > 0; }));
  }
  auto ended = std::async(std::launch::async, [&] { context.reset(); });
  EXPECT_EQ(ended.wait_for(std::chrono::seconds{3}), std::future_status::ready);
  fault_shim_release_name();
}

}  // namespace
}  // namespace api_test
