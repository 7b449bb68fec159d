// Library: a context with one socket of the library under test, and raw connections to it.
#pragma once

#include <zmq.h>

#include <functional>
#include <string>
#include <string_view>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace wire {

using namespace api_test;  // NOLINT: the wire tests are written in its terms

struct TypeName {
  int type;
  std::string_view name;
  std::string_view partner;  // what the raw side calls itself
};

// The socket types of the stable API that speak ZMTP.
inline constexpr TypeName kTypes[] = {
    {ZMQ_PAIR, "PAIR", "PAIR"},       {ZMQ_PUB, "PUB", "SUB"},    {ZMQ_SUB, "SUB", "PUB"},
    {ZMQ_REQ, "REQ", "REP"},          {ZMQ_REP, "REP", "REQ"},    {ZMQ_DEALER, "DEALER", "ROUTER"},
    {ZMQ_ROUTER, "ROUTER", "DEALER"}, {ZMQ_PULL, "PULL", "PUSH"}, {ZMQ_PUSH, "PUSH", "PULL"},
    {ZMQ_XPUB, "XPUB", "XSUB"},       {ZMQ_XSUB, "XSUB", "XPUB"},
};

// nullptr for draft types.
inline const TypeName* find_type(std::string_view name) {
  for (const TypeName& type : kTypes) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

// The next frame; an empty one and a failed test if none comes.
inline ZmtpFrame next_frame(ZmtpPeer& peer) {
  const auto frame = peer.recv_frame();
  EXPECT_TRUE(frame.has_value()) << "no frame within the deadline";
  return frame.value_or(ZmtpFrame{});
}

class Library {
 public:
  using Setup = std::function<void(Socket&)>;

  explicit Library(int type, const Setup& setup = {}) : socket_(context_, type) {
    if (setup) setup(socket_);
  }

  Socket& socket() { return socket_; }
  Context& context() { return context_; }

  // Lets the application's side of the socket do what it has to, until the peer can read something.
  // (The reference sends subscriptions and probes to a new peer from the application's calls only.)
  void work_until_readable(ZmtpPeer& peer) {
    EXPECT_TRUE(wait_until([&] {
      socket_.get_int(ZMQ_EVENTS);
      return !peer.stays_quiet(std::chrono::milliseconds{2});
    }));
  }

  Outcome try_bind() {
    const Outcome outcome = socket_.try_bind(bindable_endpoint(Transport::tcp));
    if (outcome == ok) endpoint_ = socket_.last_endpoint();
    return outcome;
  }

  // The socket binds (once) and a raw peer connects to it.
  ZmtpPeer dial() {
    if (endpoint_.empty()) {
      EXPECT_EQ(try_bind(), ok);
    }
    return ZmtpPeer::connect(endpoint_);
  }

  // The same, greetings and READY included.
  ZmtpPeer dial_ready(std::string_view peer_type, int minor = 1) {
    ZmtpPeer peer = dial();
    peer.send(zmtp_greeting(3, minor));
    EXPECT_EQ(peer.recv(64).size(), 64u);
    peer.send(zmtp_ready(peer_type));
    EXPECT_TRUE(next_frame(peer).body.starts_with("\5READY"));
    return peer;
  }

 private:
  Context context_;
  Socket socket_;
  std::string endpoint_;
};

}  // namespace wire
