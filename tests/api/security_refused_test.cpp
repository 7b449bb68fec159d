// Protection that this library cannot give is refused: a socket that was told to use it talks to
// nobody, rather than to everybody in the clear.
#include <gtest/gtest.h>
#include <zmq.h>

#include <functional>
#include <ostream>
#include <string>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr Outcome refused{EOPNOTSUPP};
const std::string key(40, 'k');  // the right length is all that matters here

struct Wish {
  const char* name;
  std::function<void(Socket&)> set;

  friend std::ostream& operator<<(std::ostream& out, const Wish& wish) { return out << wish.name; }
};

class Refused : public testing::TestWithParam<Wish> {
 protected:
  Context context;
};

INSTANTIATE_TEST_SUITE_P(
    For, Refused,
    testing::Values(Wish{"PlainServer", [](Socket& s) { s.set(ZMQ_PLAIN_SERVER, 1); }},
                    Wish{"PlainUsername", [](Socket& s) { s.set(ZMQ_PLAIN_USERNAME, "user"); }},
                    Wish{"PlainPassword", [](Socket& s) { s.set(ZMQ_PLAIN_PASSWORD, "secret"); }},
                    Wish{"CurveServer",
                         [](Socket& s) {
                           s.set(ZMQ_CURVE_SECRETKEY, key).set(ZMQ_CURVE_SERVER, 1);
                         }},
                    Wish{"CurveClient", [](Socket& s) { s.set(ZMQ_CURVE_SERVERKEY, key); }},
                    Wish{"GssapiServer", [](Socket& s) { s.set(ZMQ_GSSAPI_SERVER, 1); }},
                    Wish{"GssapiPrincipal", [](Socket& s) { s.set(ZMQ_GSSAPI_PRINCIPAL, "me"); }},
                    Wish{"GssapiServicePrincipal",
                         [](Socket& s) { s.set(ZMQ_GSSAPI_SERVICE_PRINCIPAL, "it"); }},
                    Wish{"ZapDomain", [](Socket& s) { s.set(ZMQ_ZAP_DOMAIN, "domain"); }}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_P(Refused, ByBindAndConnectOverTcpAndIpc) {
  SKIP_ON_REFERENCE("it has these mechanisms");
  for (const Transport transport : {Transport::tcp, Transport::ipc}) {
    SCOPED_TRACE(transport);
    Socket somebody(context, ZMQ_DEALER), socket(context, ZMQ_DEALER);
    const std::string endpoint = somebody.bind_any(transport);
    GetParam().set(socket);
    EXPECT_EQ(socket.try_bind(bindable_endpoint(transport)), refused);
    EXPECT_EQ(socket.try_connect(endpoint), refused);
    EXPECT_EQ(socket.last_endpoint(), "");
    EXPECT_FALSE(socket.writable());
  }
}

// Messages within the process are nobody else's business; libzmq does the same.
TEST_P(Refused, NotOverInproc) {
  SKIP_ON_REFERENCE("Debian builds it without GSSAPI, so that some options are not known");
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  GetParam().set(binder);
  GetParam().set(connecter);
  connecter.connect(binder.bind_any(Transport::inproc));
  connecter.send("hello");
  EXPECT_EQ(binder.recv_one(), "hello");
}

TEST(SecurityRefused, WhatWasConnectedBeforeStaysAndTheWishCanBeTakenBack) {
  SKIP_ON_REFERENCE("it has these mechanisms");
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  client.set(ZMQ_PLAIN_USERNAME, "user");
  EXPECT_EQ(client.try_connect(endpoint), refused);
  EXPECT_EQ(outcome_of(zmq_setsockopt(client, ZMQ_PLAIN_USERNAME, nullptr, 0)), ok);
  client.connect(endpoint);
  client.send("hello");
  EXPECT_EQ(server.recv_one(), "hello");
  client.set(ZMQ_PLAIN_USERNAME, "user");
  client.send("again");
  EXPECT_EQ(server.recv_one(), "again");
}

// A proxy is asked for by those who connect over tcp; it is nothing to others.
TEST(SecurityRefused, ASocksProxyByConnectOverTcpOnly) {
  SKIP_ON_REFERENCE("it knows SOCKS");
  Context context;
  Socket socket(context, ZMQ_DEALER), tcp(context, ZMQ_DEALER), ipc(context, ZMQ_DEALER);
  socket.set(ZMQ_SOCKS_PROXY, "127.0.0.1:9");
  EXPECT_EQ(socket.try_connect(tcp.bind_any(Transport::tcp)), refused);
  EXPECT_EQ(socket.last_endpoint(), "");
  socket.connect(ipc.bind_any(Transport::ipc));
  socket.send("over ipc");
  EXPECT_EQ(ipc.recv_one(), "over ipc");
  tcp.connect(socket.bind_any(Transport::tcp));
  tcp.send("to a bound socket");
  EXPECT_EQ(socket.recv_one(), "to a bound socket");
}

}  // namespace
}  // namespace api_test
