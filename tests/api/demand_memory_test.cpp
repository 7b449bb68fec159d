// Memory: visitors leave nothing behind, bursts are given back, idle peers are cheap. (C1, C2, C3)
//
// Each measurement runs in a process of its own; the peers are plain descriptors of that process,
// so nearly all that grows belongs to the library.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "api/support/child.h"
#include "api/support/monitor.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

constexpr long kib = 1024, mib = 1024 * kib;

long resident_octets() {
  std::ifstream numbers("/proc/self/statm");
  long all = 0, resident = 0;
  numbers >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

const char* partner_of(int type) {
  return type == ZMQ_PUB ? "SUB" : type == ZMQ_REP ? "REQ" : "DEALER";
}

int type_of_environment() {
  return environment_int("TYPE", ZMQ_ROUTER);
}

// C1: visitors come and go while the application sleeps.
TEST(MemoryChild, DISABLED_VisitorsComeAndGo) {
  Context context;
  Socket server(context, type_of_environment());
  const std::string endpoint = server.bind_any(Transport::tcp);
  const auto visit = [&](int count) {
    for (int i = 0; i < count; ++i) {
      ZmtpPeer peer = ZmtpPeer::connect(endpoint);
      ASSERT_TRUE(peer.handshake(partner_of(type_of_environment())));
      if (type_of_environment() == ZMQ_PUB) peer.send(zmtp_command("SUBSCRIBE", "topic"));
    }
  };
  visit(300);  // whatever is made once and kept
  const long before = resident_octets();
  visit(2000);
  EXPECT_TRUE(wait_until([&] { return resident_octets() - before < 256 * kib; }))
      << (resident_octets() - before) / 2000 << " octets remain of each visitor";
}

// C2: a queue that was long once is not paid for ever after.
TEST(MemoryChild, DISABLED_ABurstIsGivenBack) {
  constexpr long messages = 200'000, size = 200;
  Context context;
  Socket pusher(context, ZMQ_PUSH), puller(context, ZMQ_PULL);
  const bool over_inproc = environment_text("TRANSPORT") == "inproc";
  FreeEndpoint place(over_inproc ? Transport::inproc : Transport::tcp);
  pusher.set(ZMQ_SNDHWM, 0).set(ZMQ_RECONNECT_IVL, 20);
  puller.set(ZMQ_RCVHWM, 0);
  if (over_inproc) puller.bind(place.text());
  pusher.connect(place.text());
  const std::string text(size, 'x');
  const long before = resident_octets();
  for (long i = 0; i < messages; ++i) ASSERT_EQ(pusher.try_send(text, 0), ok);
  const long peak = resident_octets() - before;
  EXPECT_LE(peak, messages * (size + 64) + 4 * mib)
      << peak / messages - size << " octets more than the content of each message";
  if (!over_inproc) puller.bind(place.text());
  char octets[size];
  for (long i = 0; i < messages; ++i) ASSERT_EQ(zmq_recv(puller, octets, size, 0), size);
  EXPECT_TRUE(wait_until([&] { return resident_octets() - before < before / 10 + mib; }))
      << (resident_octets() - before) / kib << " KiB are kept of " << peak / kib;
}

// C3: an established connection that says nothing.
TEST(MemoryChild, DISABLED_ManyIdlePeers) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  const int peers = limit.rlim_cur > 5000 ? 2000 : 300;
  Context context;
  Socket server(context, type_of_environment());
  const std::string endpoint = server.bind_any(Transport::tcp);
  std::vector<ZmtpPeer> all;
  all.reserve(static_cast<size_t>(peers) + 200);
  const auto meet = [&](int count) {
    for (int i = 0; i < count; ++i) {
      all.push_back(ZmtpPeer::connect(endpoint));
      ASSERT_TRUE(all.back().handshake(partner_of(type_of_environment())));
    }
    for (int i = 0; i < 20; ++i) (void)server.events();  // the application is awake
  };
  meet(200);
  const long before = resident_octets();
  meet(peers);
  EXPECT_TRUE(wait_until([&] {
    (void)server.events();
    return (resident_octets() - before) / peers <= 4 * kib;
  })) << (resident_octets() - before) / peers
      << " octets per idle peer";
}

struct MemoryCase {
  const char* name;
  const char* child;
  const char* variable;
  std::string value;

  friend std::ostream& operator<<(std::ostream& out, const MemoryCase& memory) {
    return out << memory.name;
  }
};

class SlowMemory : public testing::TestWithParam<MemoryCase> {};

INSTANTIATE_TEST_SUITE_P(
    Of, SlowMemory,
    testing::Values(
        MemoryCase{"VisitorsOfPub", "VisitorsComeAndGo", "TYPE", std::to_string(ZMQ_PUB)},
        MemoryCase{"VisitorsOfRep", "VisitorsComeAndGo", "TYPE", std::to_string(ZMQ_REP)},
        MemoryCase{"VisitorsOfRouter", "VisitorsComeAndGo", "TYPE", std::to_string(ZMQ_ROUTER)},
        MemoryCase{"ABurstOverInproc", "ABurstIsGivenBack", "TRANSPORT", "inproc"},
        MemoryCase{"ABurstOverTcp", "ABurstIsGivenBack", "TRANSPORT", "tcp"},
        MemoryCase{"IdlePeersOfRouter", "ManyIdlePeers", "TYPE", std::to_string(ZMQ_ROUTER)},
        MemoryCase{"IdlePeersOfPub", "ManyIdlePeers", "TYPE", std::to_string(ZMQ_PUB)}),
    [](const auto& param) { return param.param.name; });

TEST_P(SlowMemory, IsNotKept) {
  SKIP_ON_REFERENCE("it keeps memory for good, or needs more");
  if (is_sanitized) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  const ChildResult child = run_child(std::string("MemoryChild.DISABLED_") + GetParam().child,
                                      {{GetParam().variable, GetParam().value}});
  EXPECT_TRUE(child.succeeded()) << child;
}

}  // namespace
}  // namespace api_test
