// TCP particulars: addresses, descriptors, filters, socket options of the kernel, time limits.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <zmq.h>

#include <memory>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

int kernel_option(int fd, int level, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(fd, level, option, &value, &size), 0) << level << "/" << option;
  return value;
}

void expect_traffic(Socket& binder, Socket& connecter) {
  connecter.send("there");
  EXPECT_EQ(binder.recv_one(), "there");
  binder.send("back");
  EXPECT_EQ(connecter.recv_one(), "back");
}

TEST(Tcp, WildcardsAreReachableByLoopback) {
  Context context;
  for (const char* wildcard : {"tcp://*:*", "tcp://0.0.0.0:0", "tcp://lo:*"}) {
    Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
    binder.bind(wildcard);
    const int port = port_of(binder.last_endpoint());
    EXPECT_GT(port, 0);
    connecter.connect("tcp://127.0.0.1:" + std::to_string(port));
    expect_traffic(binder, connecter);
  }
}

TEST(Tcp, NamesAreResolvedOnConnect) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  const int port = port_of(binder.bind_any(Transport::tcp));
  connecter.connect("tcp://localhost:" + std::to_string(port));
  expect_traffic(binder, connecter);
}

TEST(Tcp, Ipv6AndIpv4MeetOnADualStackListener) {
  Context context;
  Socket binder(context, ZMQ_ROUTER);
  binder.set(ZMQ_IPV6, 1);
  binder.bind("tcp://*:*");
  const std::string port = std::to_string(port_of(binder.last_endpoint()));
  for (const std::string& host : {std::string("127.0.0.1"), std::string("[::1]")}) {
    {
      Socket probe(context, ZMQ_DEALER);
      probe.set(ZMQ_IPV6, 1);
      if (probe.try_bind("tcp://[::1]:*") != ok) GTEST_SKIP() << "this machine has no ::1";
    }
    Socket connecter(context, ZMQ_DEALER);
    connecter.set(ZMQ_IPV6, 1);
    connecter.connect("tcp://" + host + ":" + port);
    connecter.send(host);
    EXPECT_EQ(binder.recv().back(), host);
  }
}

TEST(Tcp, ConnectsFromTheSourceAddress) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  Monitor events(context, binder);
  const std::string endpoint = binder.bind_any(Transport::tcp);
  FreeEndpoint source(Transport::tcp);
  connecter.connect("tcp://127.0.0.3:" + std::to_string(source.port()) + ";" + endpoint.substr(6));
  expect_traffic(binder, connecter);
  Event accepted;
  ASSERT_TRUE(events.wait_for(ZMQ_EVENT_ACCEPTED, &accepted));
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  ASSERT_EQ(
      ::getpeername(static_cast<int>(accepted.value), reinterpret_cast<sockaddr*>(&peer), &size),
      0);
  EXPECT_EQ(ntohl(peer.sin_addr.s_addr), 0x7f000003u);
  EXPECT_EQ(ntohs(peer.sin_port), source.port());
}

TEST(Tcp, AcceptFiltersAdmitAnyMatchAndRefuseTheRest) {
  Context context;
  Socket binder(context, ZMQ_DEALER);
  binder.set(ZMQ_TCP_ACCEPT_FILTER, "10.0.0.0/8").set(ZMQ_TCP_ACCEPT_FILTER, "127.0.0.2");
  Monitor events(context, binder, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED);
  const std::string endpoint = binder.bind_any(Transport::tcp);
  PlainTcp stranger = PlainTcp::connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPT_FAILED, endpoint);
  EXPECT_TRUE(stranger.wait_closed());
  Socket friendly(context, ZMQ_DEALER);
  friendly.connect("tcp://127.0.0.2:0;" + endpoint.substr(6));
  events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  expect_traffic(binder, friendly);
}

TEST(Tcp, AcceptFiltersAreChecked) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  for (const char* bad :
       {"127.0.0.1/", "127.0.0.1/33", "nonsense", "127.0.0.1/x", "127.0.0.1/-1"}) {
    EXPECT_EQ(socket.try_set(ZMQ_TCP_ACCEPT_FILTER, std::string_view(bad)), fails_with(EINVAL))
        << bad;
  }
  for (const char* good : {"127.0.0.1", "127.0.0.0/8", "0.0.0.0/0", "127.0.0.1/32"}) {
    EXPECT_EQ(socket.try_set(ZMQ_TCP_ACCEPT_FILTER, std::string_view(good)), ok) << good;
  }
  EXPECT_EQ(outcome_of(zmq_setsockopt(socket, ZMQ_TCP_ACCEPT_FILTER, nullptr, 0)), ok);
}

TEST(Tcp, UseFdTakesAListenerThatIsAlreadyThere) {
  Context context;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd, 8), 0);
  ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  EXPECT_EQ(binder.get_int(ZMQ_USE_FD), -1);
  binder.set(ZMQ_USE_FD, fd);
  binder.bind("tcp://127.0.0.1:*");
  EXPECT_EQ(binder.last_endpoint(), endpoint);
  connecter.connect(endpoint);
  expect_traffic(binder, connecter);
}

TEST(Tcp, BindToDeviceLimitsTheInterface) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  binder.set(ZMQ_BINDTODEVICE, "lo");
  connecter.set(ZMQ_BINDTODEVICE, "lo");
  Monitor events(context, binder);
  const Outcome outcome = binder.try_bind("tcp://127.0.0.1:*");
  if (outcome == fails_with(EPERM)) GTEST_SKIP() << "SO_BINDTODEVICE needs privileges";
  ASSERT_EQ(outcome, ok);
  char device[32] = {};
  socklen_t size = sizeof device;
  const Event listening = events.expect(ZMQ_EVENT_LISTENING);
  ASSERT_EQ(
      ::getsockopt(static_cast<int>(listening.value), SOL_SOCKET, SO_BINDTODEVICE, device, &size),
      0);
  EXPECT_STREQ(device, "lo");
  connecter.connect(binder.last_endpoint());
  expect_traffic(binder, connecter);
}

TEST(Tcp, BindToAnUnknownDeviceFails) {
  Context context;
  Socket binder(context, ZMQ_DEALER);
  binder.set(ZMQ_BINDTODEVICE, "no-such-nic");
  const Outcome outcome = binder.try_bind("tcp://127.0.0.1:*");
  EXPECT_TRUE(outcome == fails_with(ENODEV) || outcome == fails_with(EPERM)) << outcome;
}

TEST(Tcp, OptionsReachTheKernelOnBothSides) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  for (Socket* socket : {&binder, &connecter}) {
    socket->set(ZMQ_TCP_KEEPALIVE, 1).set(ZMQ_TCP_KEEPALIVE_IDLE, 77);
    socket->set(ZMQ_TCP_KEEPALIVE_CNT, 5).set(ZMQ_TCP_KEEPALIVE_INTVL, 11);
    socket->set(ZMQ_TOS, 0x28).set(ZMQ_TCP_MAXRT, 5000);
    socket->set(ZMQ_SNDBUF, 20'000).set(ZMQ_RCVBUF, 30'000);
  }
  Monitor binder_events(context, binder), connecter_events(context, connecter);
  connecter.connect(binder.bind_any(Transport::tcp));
  expect_traffic(binder, connecter);
  Event accepted, connected;
  ASSERT_TRUE(binder_events.wait_for(ZMQ_EVENT_ACCEPTED, &accepted));
  ASSERT_TRUE(connecter_events.wait_for(ZMQ_EVENT_CONNECTED, &connected));
  for (const Event& event : {accepted, connected}) {
    SCOPED_TRACE(event_name(event.id));
    const int fd = static_cast<int>(event.value);
    EXPECT_EQ(kernel_option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(kernel_option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(kernel_option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 77);
    EXPECT_EQ(kernel_option(fd, IPPROTO_TCP, TCP_KEEPCNT), 5);
    EXPECT_EQ(kernel_option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 11);
    EXPECT_EQ(kernel_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 5000);
    EXPECT_TRUE(::fcntl(fd, F_GETFD) & FD_CLOEXEC);
  }
  const int fd = static_cast<int>(connected.value);
  EXPECT_EQ(kernel_option(fd, IPPROTO_IP, IP_TOS), 0x28);
  EXPECT_EQ(kernel_option(fd, SOL_SOCKET, SO_SNDBUF), 40'000);  // the kernel doubles it
  EXPECT_EQ(kernel_option(fd, SOL_SOCKET, SO_RCVBUF), 60'000);
}

TEST(Tcp, ConnectTimeoutEndsAnAttemptThatHangs) {
  // A listener whose queue is full answers no SYN.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd, 0), 0);
  ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  int fillers[4];
  for (int& filler : fillers) {
    filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)::connect(filler, reinterpret_cast<sockaddr*>(&address), size);
  }
  {
    Context context;
    Socket connecter(context, ZMQ_DEALER);
    connecter.set(ZMQ_CONNECT_TIMEOUT, 80).set(ZMQ_RECONNECT_IVL, 10);
    Monitor events(context, connecter);
    const auto start = std::chrono::steady_clock::now();
    connecter.connect(endpoint);
    for (const int attempt : {1, 2}) {
      events.expect(ZMQ_EVENT_CONNECT_DELAYED, endpoint);
      events.expect(ZMQ_EVENT_CLOSED, endpoint);
      EXPECT_GE(std::chrono::steady_clock::now() - start, attempt * std::chrono::milliseconds{75});
      events.expect(ZMQ_EVENT_CONNECT_RETRIED, endpoint);
    }
  }
  for (const int filler : fillers) ::close(filler);
  ::close(fd);
}

TEST(Tcp, HandshakeTimeLimitsEverySilence) {
  const std::string greeting = zmtp_greeting();
  for (const std::string& beginning : {std::string{}, greeting.substr(0, 10), greeting}) {
    Context context;
    Socket binder(context, ZMQ_DEALER);
    binder.set(ZMQ_HANDSHAKE_IVL, 100);
    const std::string endpoint = binder.bind_any(Transport::tcp);
    const auto start = std::chrono::steady_clock::now();
    ZmtpPeer peer = ZmtpPeer::connect(endpoint);
    peer.send(beginning);
    EXPECT_TRUE(peer.wait_closed()) << beginning.size() << " octets sent";
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{80});
  }
}

TEST(Tcp, ASilentServerIsLeftAndTriedAgain) {
  Context context;
  PlainTcpServer server;
  Socket connecter(context, ZMQ_DEALER);
  connecter.set(ZMQ_HANDSHAKE_IVL, 50).set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, connecter);
  connecter.connect(server.endpoint());
  PlainTcp first = server.accept();
  EXPECT_EQ(first.recv(10).size(), 10u);
  PlainTcp second = server.accept();
  events.expect_all({ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECTED}, server.endpoint());
  EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL).value,
            static_cast<uint32_t>(EAGAIN));
  events.expect_all({ZMQ_EVENT_DISCONNECTED, ZMQ_EVENT_CONNECT_RETRIED}, server.endpoint());
}

TEST(Tcp, AHandshakeThatIsDoneIsNotTimedAnyMore) {
  Context context;
  Socket binder(context, ZMQ_DEALER);
  binder.set(ZMQ_HANDSHAKE_IVL, 50);
  ZmtpPeer peer = ZmtpPeer::connect(binder.bind_any(Transport::tcp));
  ASSERT_TRUE(peer.handshake("DEALER"));
  EXPECT_TRUE(peer.stays_quiet(std::chrono::milliseconds{120}));
  EXPECT_TRUE(peer.send_message("still here"));
  EXPECT_EQ(binder.recv_one(), "still here");
}

TEST(Tcp, MaxMsgSizeDropsThePeerThatSendsMore) {
  Context context;
  Socket binder(context, ZMQ_DEALER);
  binder.set64(ZMQ_MAXMSGSIZE, 100);
  Monitor events(context, binder);
  const std::string endpoint = binder.bind_any(Transport::tcp);
  ZmtpPeer peer = ZmtpPeer::connect(endpoint);
  ASSERT_TRUE(peer.handshake("DEALER"));
  EXPECT_TRUE(peer.send_message(std::string(100, 'x')));
  EXPECT_EQ(binder.recv_one().size(), 100u);
  // The limit is per frame.
  peer.send(zmtp_frame(1, std::string(100, 'a')) + zmtp_frame(1, std::string(100, 'b')) +
            zmtp_frame(0, std::string(100, 'c')));
  EXPECT_EQ(binder.recv().size(), 3u);
  peer.send_message(std::string(101, 'x'));
  EXPECT_TRUE(peer.wait_closed());
  EXPECT_TRUE(binder.stays_silent());
  events.expect_all({ZMQ_EVENT_LISTENING, ZMQ_EVENT_ACCEPTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED,
                     ZMQ_EVENT_DISCONNECTED},
                    endpoint);
}

TEST(Tcp, MaxMsgSizeIsNotRetriedByAConnecter) {
  Context context;
  PlainTcpServer server;
  Socket connecter(context, ZMQ_DEALER);
  connecter.set64(ZMQ_MAXMSGSIZE, 100).set(ZMQ_RECONNECT_IVL, 5);
  connecter.connect(server.endpoint());
  ZmtpPeer peer(server.accept());
  ASSERT_TRUE(peer.handshake("DEALER"));
  peer.send_message(std::string(101, 'x'));
  EXPECT_TRUE(peer.wait_closed());
  EXPECT_FALSE(server.has_caller(quiet_time));
  EXPECT_TRUE(wait_until([&] { return !connecter.writable(); }));
}

TEST(Tcp, AnAbsurdFrameSizeEndsTheConnectionNotTheProcess) {
  Context context;
  Socket binder(context, ZMQ_DEALER);
  const std::string endpoint = binder.bind_any(Transport::tcp);
  for (const char* size :
       {"\xff\xff\xff\xff\xff\xff\xff\xff", "\x7f\xff\xff\xff\xff\xff\xff\xff"}) {
    ZmtpPeer peer = ZmtpPeer::connect(endpoint);
    ASSERT_TRUE(peer.handshake("DEALER"));
    peer.send(std::string("\x02", 1) + std::string(size, 8) + "data");
    EXPECT_TRUE(peer.wait_closed());
  }
  ZmtpPeer healthy = ZmtpPeer::connect(endpoint);
  ASSERT_TRUE(healthy.handshake("DEALER"));
  healthy.send_message("fine");
  EXPECT_EQ(binder.recv_one(), "fine");
}

}  // namespace
}  // namespace api_test
