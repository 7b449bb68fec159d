// Endpoint strings: what zmq_bind and zmq_connect accept, and what ZMQ_LAST_ENDPOINT says.
#include <gtest/gtest.h>
#include <zmq.h>

#include <string>
#include <vector>

#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/unknown_name.h"

namespace api_test {
namespace {

struct Case {
  std::string endpoint;
  Outcome expected = ok;
  std::string last_endpoint = {};  // "PORT" stands for the real port; empty: as given
};

std::string with_port(std::string pattern, const std::string& actual) {
  const size_t at = pattern.find("PORT");
  if (at != std::string::npos) pattern.replace(at, 4, std::to_string(port_of(actual)));
  return pattern;
}

void expect_bind(Context& context, const Case& row, bool ipv6 = false) {
  SCOPED_TRACE("bind " + row.endpoint);
  Socket socket(context, ZMQ_DEALER);
  if (ipv6) socket.set(ZMQ_IPV6, 1);
  EXPECT_EQ(socket.last_endpoint(), "");
  const Outcome outcome = socket.try_bind(row.endpoint);
  EXPECT_EQ(outcome, row.expected);
  if (outcome != ok || row.expected != ok) return;
  const std::string actual = socket.last_endpoint();
  EXPECT_EQ(actual,
            row.last_endpoint.empty() ? row.endpoint : with_port(row.last_endpoint, actual));
  EXPECT_EQ(socket.try_unbind(actual), ok);
}

void expect_connect(Context& context, const Case& row) {
  SCOPED_TRACE("connect " + row.endpoint);
  Socket socket(context, ZMQ_DEALER);
  const Outcome outcome = socket.try_connect(row.endpoint);
  EXPECT_EQ(outcome, row.expected);
  if (outcome != ok || row.expected != ok) return;
  EXPECT_EQ(socket.last_endpoint(), row.endpoint);
  EXPECT_EQ(socket.try_disconnect(row.endpoint), ok);
}

constexpr Outcome einval{EINVAL};
constexpr Outcome enodev{ENODEV};
constexpr Outcome unsupported{EPROTONOSUPPORT};

const std::vector<std::string>& malformed_everywhere() {
  static const std::vector<std::string> endpoints{"",
                                                  "tcp",
                                                  "tcp:",
                                                  "tcp:/",
                                                  "tcp://",
                                                  "tcp:///",
                                                  "tcp:/127.0.0.1:5555",
                                                  "tcp:127.0.0.1:5555",
                                                  "tcp:\\\\127.0.0.1:5555",
                                                  "inproc:/a",
                                                  "inproc://",
                                                  "ipc://",
                                                  "ipc://@",
                                                  "://x:1",
                                                  "127.0.0.1:5555",
                                                  "tcp://127.0.0.1",
                                                  "tcp://127.0.0.1:",
                                                  "tcp://127.0.0.1:abc",
                                                  "tcp://127.0.0.1:!",
                                                  "tcp://*",
                                                  "tcp://127.0.0.1:**"};
  return endpoints;
}

TEST(Endpoint, NonsenseIsRefusedByBindAndConnect) {
  Context context;
  for (const std::string& endpoint : malformed_everywhere()) {
    expect_bind(context, {endpoint, einval});
    expect_connect(context, {endpoint, einval});
  }
}

TEST(Endpoint, UnknownSchemesAreRefused) {
  Context context;
  for (const char* endpoint : {"TCP://127.0.0.1:*", "foo://x", " tcp://127.0.0.1:5555",
                               "tcp ://127.0.0.1:5555", "vmci://1:1", "vsock://1:1"}) {
    expect_bind(context, {endpoint, unsupported});
    expect_connect(context, {endpoint, unsupported});
  }
}

TEST(Endpoint, BindResolvesTcpAddresses) {
  const UnknownName nobody("no-such-nic");
  Context context;
  const std::vector<Case> rows{
      {"tcp://127.0.0.1:*", ok, "tcp://127.0.0.1:PORT"},
      {"tcp://127.0.0.1:0", ok, "tcp://127.0.0.1:PORT"},
      {"tcp://*:*", ok, "tcp://0.0.0.0:PORT"},
      {"tcp://*:0", ok, "tcp://0.0.0.0:PORT"},
      {"tcp://0.0.0.0:*", ok, "tcp://0.0.0.0:PORT"},
      {"tcp://lo:*", ok, "tcp://127.0.0.1:PORT"},
      {"tcp://[127.0.0.1]:*", ok, "tcp://127.0.0.1:PORT"},
      {"tcp://[::1]:*", enodev},  // without ZMQ_IPV6
      {"tcp://" + nobody.text() + ":*", enodev},
      {"tcp://127.0.0.1:*/path", einval},
      {"tcp://127.0.0.1:65536", einval},
      {"tcp://203.0.113.7:*", fails_with(EADDRNOTAVAIL)},  // TEST-NET-3: never local
      {"tcp://;127.0.0.1:5555", einval},
  };
  for (const Case& row : rows) expect_bind(context, row);
}

TEST(Endpoint, BindResolvesHostNames) {
  SKIP_ON_REFERENCE("4.3.4 knows interface names only");
  Context context;
  expect_bind(context, {"tcp://localhost:*", ok, "tcp://127.0.0.1:PORT"});
}

TEST(Endpoint, BindResolvesIpv6Addresses) {
  Context context;
  {
    Socket probe(context, ZMQ_DEALER);
    probe.set(ZMQ_IPV6, 1);
    if (probe.try_bind("tcp://[::1]:*") != ok) GTEST_SKIP() << "this machine has no ::1";
  }
  const std::vector<Case> rows{
      {"tcp://*:*", ok, "tcp://[::]:PORT"},
      {"tcp://[::]:*", ok, "tcp://[::]:PORT"},
      {"tcp://[::1]:*", ok, "tcp://[::1]:PORT"},
      {"tcp://lo:*", ok, "tcp://[::1]:PORT"},
      {"tcp://[::1%lo]:*", ok, "tcp://[::1]:PORT"},
      {"tcp://127.0.0.1:*", ok, "tcp://[::ffff:127.0.0.1]:PORT"},
      {"tcp://[::ffff:127.0.0.1]:*", ok, "tcp://[::ffff:127.0.0.1]:PORT"},
  };
  for (const Case& row : rows) expect_bind(context, row, true);
}

// Addresses that no machine can have are refused, as malformed or as not there.
TEST(Endpoint, BindRefusesAddressesThatCannotBe) {
  Context context;
  for (const char* endpoint : {"tcp://:*", "tcp://256.0.0.1:*", "tcp://1.2.3.4.5:*",
                               "tcp://[::g]:*", "tcp://[1:2:3:4:5:6:7:8:9]:*"}) {
    Socket socket(context, ZMQ_DEALER);
    socket.set(ZMQ_IPV6, 1);
    const Outcome outcome = socket.try_bind(endpoint);
    EXPECT_TRUE(outcome == enodev || outcome == einval) << endpoint << ": " << outcome;
  }
}

TEST(Endpoint, ConnectKeepsTheTextAsGiven) {
  Context context;
  const std::vector<Case> rows{
      {"tcp://127.0.0.1:5555"},
      {"tcp://localhost:5555"},
      {"tcp://host_name:5555"},
      {"tcp://127.0.0.1:65535"},
      {"tcp://127.0.0.1:*;127.0.0.1:5555"},
      {"tcp://127.0.0.1:0;127.0.0.1:5555"},
      {"tcp://lo:0;127.0.0.1:5555"},
      {"tcp://[::1]:5555"},
      {"tcp://[fe80::1%lo]:5555"},
      {"ipc:///tmp/none"},
      {"ipc:///no/such/dir/x"},
      {"inproc://later"},
      {"tcp://127.0.0.1:*", einval},
      {"tcp://*:5555", einval},
      {"tcp://*:*", einval},
      {"tcp://-bad:5555", einval},
      {"tcp://a b:5555", einval},
      {"tcp://a!b:5555", einval},
      {"tcp://u@127.0.0.1:5555", einval},
      {"tcp://127.0.0.1:5555/path", einval},
      {"tcp://127.0.0.1:5555?x=1", einval},
      {"tcp://127.0.0.1: 5555", einval},
      {"tcp://127.0.0.1:-1", einval},
      {"tcp://tcp://127.0.0.1:5555", einval},
      {"tcp://;127.0.0.1:5555", einval},
  };
  for (const Case& row : rows) expect_connect(context, row);
}

TEST(Endpoint, IpcNamesAreCheckedForLengthAndPlace) {
  Context context;
  const std::string folder = temp_folder() + "/";
  const std::string longest = folder + std::string(107 - folder.size(), 'l');
  const std::string abstract = "@" + std::to_string(::getpid()) + std::string(90, 'a');
  const std::vector<Case> both{
      {"ipc://" + longest},
      {"ipc://" + longest + "x", fails_with(ENAMETOOLONG)},
      {"ipc://" + abstract},
      {"ipc://" + abstract + std::string(20, 'b'), fails_with(ENAMETOOLONG)},
  };
  for (const Case& row : both) {
    expect_bind(context, row);
    expect_connect(context, row);
  }
  expect_bind(context, {"ipc:///no/such/dir/x", fails_with(ENOENT)});
  expect_bind(context, {"ipc:///dev/null/x", fails_with(ENOTDIR)});
  expect_bind(context, {"ipc://" + temp_folder(), fails_with(EADDRINUSE)});  // a folder
}

TEST(Endpoint, InprocNamesMayBeAnything) {
  Context context;
  for (const std::string& name :
       {std::string("inproc://a"), std::string("inproc://tcp://x:1"), std::string("inproc:// "),
        std::string("inproc://*"), std::string("inproc://\xc3\xa9"),
        "inproc://" + std::string(4000, 'n')}) {
    Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
    EXPECT_EQ(binder.try_bind(name), ok);
    EXPECT_EQ(connecter.try_connect(name), ok);
    connecter.send("x");
    EXPECT_EQ(binder.recv_one(), "x");
  }
}

TEST(Endpoint, AUsedTcpPortIsRefusedForOwnAndOtherSockets) {
  Context context;
  Socket first(context, ZMQ_DEALER), second(context, ZMQ_DEALER);
  const std::string endpoint = first.bind_any(Transport::tcp);
  EXPECT_EQ(first.try_bind(endpoint), fails_with(EADDRINUSE));
  EXPECT_EQ(second.try_bind(endpoint), fails_with(EADDRINUSE));
}

TEST(Endpoint, AUsedInprocNameIsRefusedUntilUnbound) {
  Context context;
  Socket first(context, ZMQ_DEALER), second(context, ZMQ_DEALER);
  const std::string name = first.bind_any(Transport::inproc);
  EXPECT_EQ(first.try_bind(name), fails_with(EADDRINUSE));
  EXPECT_EQ(second.try_bind(name), fails_with(EADDRINUSE));
  first.unbind(name);
  EXPECT_EQ(second.try_bind(name), ok);
}

// ---- zmq_unbind and zmq_disconnect

TEST(Endpoint, UnbindTakesLastEndpointAndNotTheWildcard) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  socket.bind("tcp://*:*");
  const std::string actual = socket.last_endpoint();
  EXPECT_EQ(socket.try_unbind("tcp://*:*"), fails_with(ENOENT));
  EXPECT_EQ(socket.try_unbind("tcp://*:" + std::to_string(port_of(actual))), fails_with(ENOENT));
  EXPECT_EQ(socket.try_unbind(actual), ok);
  EXPECT_EQ(socket.try_unbind(actual), fails_with(ENOENT));
}

TEST(Endpoint, UnbindAndDisconnectRefuseWhatIsNotThere) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  const std::vector<Case> rows{{"tcp://127.0.0.1:5999", fails_with(ENOENT)},
                               {"tcp://localhost:5999", fails_with(ENOENT)},
                               {"tcp://127.0.0.1:*", fails_with(ENOENT)},
                               {"tcp://127.0.0.1:0", fails_with(ENOENT)},
                               {"ipc:///tmp/never", fails_with(ENOENT)},
                               {"inproc://never", fails_with(ENOENT)},
                               {"foo://x", unsupported},
                               {"tcp://", einval},
                               {"", einval},
                               {"abc", einval}};
  for (const Case& row : rows) {
    EXPECT_EQ(socket.try_unbind(row.endpoint), row.expected) << row.endpoint;
    EXPECT_EQ(socket.try_disconnect(row.endpoint), row.expected) << row.endpoint;
  }
  EXPECT_EQ(outcome_of(zmq_disconnect(socket, nullptr)), einval);
  EXPECT_EQ(outcome_of(zmq_unbind(socket, nullptr)), einval);
}

TEST(Endpoint, UnbindAndDisconnectAreTheSameLookUp) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  const std::string endpoint = binder.bind_any(Transport::tcp);
  connecter.connect(endpoint);
  EXPECT_EQ(connecter.try_unbind(endpoint), ok);
  EXPECT_EQ(connecter.try_unbind(endpoint), fails_with(ENOENT));
  EXPECT_EQ(binder.try_disconnect(endpoint), ok);
  EXPECT_EQ(binder.try_disconnect(endpoint), fails_with(ENOENT));
}

TEST(Endpoint, UnbindResolvesAnotherSpellingOfATcpAddress) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  const std::string endpoint = socket.bind_any(Transport::tcp);
  EXPECT_EQ(socket.try_unbind("tcp://localhost:" + std::to_string(port_of(endpoint))), ok);
  EXPECT_EQ(socket.try_unbind(endpoint), fails_with(ENOENT));
}

TEST(Endpoint, UnbindAndDisconnectAreRefusedTwiceOverIpcAndInproc) {
  for (const Transport transport : {Transport::ipc, Transport::inproc}) {
    Context context;
    Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
    const std::string endpoint = binder.bind_any(transport);
    connecter.connect(endpoint);
    EXPECT_EQ(connecter.try_disconnect(endpoint), ok) << transport;
    EXPECT_EQ(connecter.try_disconnect(endpoint), fails_with(ENOENT)) << transport;
    EXPECT_EQ(binder.try_unbind(endpoint), ok) << transport;
    EXPECT_EQ(binder.try_unbind(endpoint), fails_with(ENOENT)) << transport;
  }
}

TEST(Endpoint, LastEndpointFollowsTheLatestCall) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  const std::string bound = socket.bind_any(Transport::tcp);
  socket.connect("tcp://127.0.0.1:9");
  EXPECT_EQ(socket.last_endpoint(), "tcp://127.0.0.1:9");
  EXPECT_EQ(socket.try_bind("nonsense"), einval);
  EXPECT_EQ(socket.last_endpoint(), "tcp://127.0.0.1:9");
  const std::string name = socket.bind_any(Transport::inproc);
  EXPECT_EQ(socket.last_endpoint(), name);
  EXPECT_EQ(socket.get_octets(ZMQ_LAST_ENDPOINT).back(), '\0');
}

}  // namespace
}  // namespace api_test
