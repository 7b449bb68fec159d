#include "transport/tcp.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "sockets.h"
#include "transport/socket_setup.h"

namespace zmqng {
namespace {

using Status = AcceptOutcome::Status;

const TcpTransport kTcp;

int option_of(int fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  ::getsockopt(fd, level, name, &value, &length);
  return value;
}

Listening listen_at(const char* address, const TransportOptions& options = {}) {
  ListenOutcome outcome = kTcp.listen(address, options);
  EXPECT_TRUE(outcome.ok()) << address << ": " << outcome.error;
  return std::move(outcome.listening);
}

TEST(Tcp, AListenerTellsItsRealPort) {
  for (const char* address :
       {"127.0.0.1:*", "127.0.0.1:0", "lo:*", "[127.0.0.1]:*", "127.0.0.1:0;127.0.0.1:*"}) {
    const Listening listening = listen_at(address);
    EXPECT_EQ(listening.endpoint.rfind("tcp://127.0.0.1:", 0), 0u) << listening.endpoint;
    EXPECT_NE(port_of(listening.endpoint), "0");
  }
  EXPECT_EQ(listen_at("*:*").endpoint.rfind("tcp://0.0.0.0:", 0), 0u);
}

TEST(Tcp, ADualStackListenerServesBothFamilies) {
  TransportOptions options;
  options.ipv6 = true;
  const Listening listening = listen_at("*:*", options);
  if (listening.endpoint.rfind("tcp://[::]:", 0) != 0 || !kTcp.listen("[::1]:*", options).ok()) {
    GTEST_SKIP() << "no IPv6 here";
  }
  const std::string port = port_of(listening.endpoint);
  const auto client4 = connect_to(kTcp, "127.0.0.1:" + port);
  ASSERT_TRUE(client4);
  EXPECT_EQ(accept_from(kTcp, listening).stream->peer_address(), "::ffff:127.0.0.1");
  const auto client6 = connect_to(kTcp, "[::1]:" + port, options);
  ASSERT_TRUE(client6);
  EXPECT_EQ(accept_from(kTcp, listening).stream->peer_address(), "::1");
}

TEST(Tcp, BindFailuresCarryErrnoAndDescriptor) {
  const Listening first = listen_at("127.0.0.1:*");
  const ListenOutcome used = kTcp.listen(address_of(first.endpoint), {});
  EXPECT_EQ(used.error, EADDRINUSE);
  EXPECT_GE(used.failed_fd, 0);
  EXPECT_EQ(used.failed_endpoint, "");
  EXPECT_EQ(kTcp.listen("203.0.113.7:5555", {}).error, EADDRNOTAVAIL);
  const ListenOutcome malformed = kTcp.listen("127.0.0.1:abc", {});
  EXPECT_EQ(malformed.error, EINVAL);
  EXPECT_EQ(malformed.failed_fd, -1);
  EXPECT_EQ(kTcp.listen("[::1]:*", {}).error, ENODEV);
}

TEST(Tcp, BindResolvesNames) {
  const Listening listening = listen_at("localhost:*");
  EXPECT_EQ(listening.endpoint.rfind("tcp://127.0.0.1:", 0), 0u) << listening.endpoint;
}

TEST(Tcp, BindingToAnUnknownDeviceFails) {
  TransportOptions options;
  options.bind_to_device = "nosuchdevice0";
  const int error = kTcp.listen("127.0.0.1:*", options).error;
  EXPECT_TRUE(error == ENODEV || error == EPERM) << error;
}

TEST(Tcp, AListenerCanBeHandedOver) {
  Listening original = listen_at("127.0.0.1:*");
  const std::string endpoint = original.endpoint;
  TransportOptions options;
  options.use_fd = original.fd.release();
  const Listening adopted = listen_at("whatever", options);
  EXPECT_EQ(adopted.fd.get(), options.use_fd);
  EXPECT_EQ(adopted.endpoint, endpoint);
  const auto client = connect_to(kTcp, address_of(endpoint));
  EXPECT_EQ(accept_from(kTcp, adopted).status, Status::accepted);
}

TEST(Tcp, OnlyListenersCanBeHandedOver) {
  TransportOptions options;
  const Fd unbound(::socket(AF_INET, SOCK_STREAM, 0));
  options.use_fd = unbound.get();
  EXPECT_EQ(kTcp.listen("127.0.0.1:*", options).error, EINVAL);
  const Fd file(::open("/dev/null", O_RDONLY));
  options.use_fd = file.get();
  EXPECT_EQ(kTcp.listen("127.0.0.1:*", options).error, ENOTSOCK);
  options.use_fd = 1 << 20;
  EXPECT_EQ(kTcp.listen("127.0.0.1:*", options).error, EBADF);
}

TEST(Tcp, ConnectionsAreTunedOnBothSides) {
  TransportOptions options;
  options.sndbuf = 50000;
  options.rcvbuf = 60000;
  options.tos = 0x28;
  options.priority = 3;
  options.keepalive = 1;
  options.keepalive_cnt = 4;
  options.keepalive_idle = 50;
  options.keepalive_intvl = 6;
  options.max_rt_ms = 7000;
  const Listening listening = listen_at("127.0.0.1:*", options);
  const auto client = connect_to(kTcp, address_of(listening.endpoint), options);
  ASSERT_TRUE(client);
  const AcceptOutcome accepted = accept_from(kTcp, listening, options);
  ASSERT_EQ(accepted.status, Status::accepted);
  for (const int fd : {client->fd(), accepted.stream->fd()}) {
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(option_of(fd, SOL_SOCKET, SO_SNDBUF), 100000);  // the kernel doubles it
    EXPECT_EQ(option_of(fd, SOL_SOCKET, SO_RCVBUF), 120000);
    EXPECT_EQ(option_of(fd, IPPROTO_IP, IP_TOS), 0x28);
    EXPECT_EQ(option_of(fd, SOL_SOCKET, SO_PRIORITY), 3);
    EXPECT_EQ(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPCNT), 4);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 50);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPINTVL), 6);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 7000);
    EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_EQ(::fcntl(fd, F_GETFD), FD_CLOEXEC);
  }
}

TEST(Tcp, AcceptingFromNobodyMeansLater) {
  const Listening listening = listen_at("127.0.0.1:*");
  EXPECT_EQ(kTcp.accept(listening, {}).status, Status::try_later);
}

TEST(Tcp, AFilterRefusesPeers) {
  const Listening listening = listen_at("127.0.0.1:*");
  TransportOptions options;
  options.admits_tcp_peer = [](const sockaddr* peer) {
    return reinterpret_cast<const sockaddr_in*>(peer)->sin_addr.s_addr == htonl(0x7f000002);
  };
  const auto stranger = connect_to(kTcp, address_of(listening.endpoint));
  ASSERT_TRUE(stranger);
  EXPECT_EQ(accept_from(kTcp, listening, options).status, Status::refused);
  ASSERT_TRUE(wait_for(stranger->fd(), POLLIN));
  std::uint8_t octet;
  EXPECT_TRUE(stranger->read({&octet, 1}).is_end());

  const auto friendly = connect_to(kTcp, "127.0.0.2:*;" + address_of(listening.endpoint));
  ASSERT_TRUE(friendly);
  const AcceptOutcome accepted = accept_from(kTcp, listening, options);
  EXPECT_EQ(accepted.status, Status::accepted);
  EXPECT_EQ(accepted.stream->peer_address(), "127.0.0.2");
}

TEST(Tcp, ErrnosOfAcceptAreSortedByWhatToDo) {
  for (const int error : {ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET,
                          EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH}) {
    EXPECT_EQ(classify_accept_error(error), Status::transient) << error;
  }
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    EXPECT_EQ(classify_accept_error(error), Status::exhausted) << error;
  }
  for (const int error : {EBADF, EINVAL, ENOTSOCK, EFAULT, 9999}) {
    EXPECT_EQ(classify_accept_error(error), Status::broken) << error;
  }
  EXPECT_EQ(classify_accept_error(EAGAIN), Status::try_later);
}

TEST(Tcp, AConnectionKnowsItsPeer) {
  const Listening listening = listen_at("127.0.0.1:*");
  const auto client = connect_to(kTcp, address_of(listening.endpoint));
  ASSERT_TRUE(client);
  const AcceptOutcome accepted = accept_from(kTcp, listening);
  ASSERT_EQ(accepted.status, Status::accepted);
  EXPECT_EQ(accepted.stream->peer_address(), "127.0.0.1");
  EXPECT_EQ(client->peer_address(), "127.0.0.1");
}

TEST(Tcp, ARefusedConnectionIsAnErrorValue) {
  Listening listening = listen_at("127.0.0.1:*");
  const std::string address = address_of(listening.endpoint);
  (void)kTcp.close_listening(listening);
  const auto plan = kTcp.plan(address, {}).take();
  ConnectOutcome outcome = kTcp.connect({plan.remotes.front(), {}}, {});
  int error = outcome.error;
  if (outcome.ok()) {
    ASSERT_TRUE(wait_for(outcome.stream->fd(), POLLOUT));
    error = kTcp.finish_connect(*outcome.stream).code;
  }
  EXPECT_EQ(error, ECONNREFUSED);
}

TEST(Tcp, AListenerOnTheSameHostIsConnectedToAtOnce) {
  const Listening listening = listen_at("127.0.0.1:*");
  const auto plan = kTcp.plan(address_of(listening.endpoint), {}).take();
  const ConnectOutcome outcome = kTcp.connect({plan.remotes.front(), {}}, {});
  ASSERT_TRUE(outcome.ok());
  EXPECT_FALSE(outcome.in_progress);
  EXPECT_TRUE(outcome.was_delayed) << "connect() does say that it takes time";
  EXPECT_EQ(outcome.stream->peer_address(), "127.0.0.1");
}

TEST(Tcp, ASocketThatMeetsItselfCountsAsRefused) {
  Listening listening = listen_at("127.0.0.1:*");
  const std::string address = address_of(listening.endpoint);
  (void)kTcp.close_listening(listening);
  // Source and destination the same: what happens by chance in the ephemeral range.
  const auto plan = kTcp.plan(address + ";" + address, {}).take();
  ConnectOutcome outcome = kTcp.connect({plan.remotes.front(), plan.source}, {});
  int error = outcome.error;
  if (outcome.ok()) {
    ASSERT_TRUE(outcome.in_progress);
    ASSERT_TRUE(wait_for(outcome.stream->fd(), POLLOUT));
    EXPECT_TRUE(is_self_connected(outcome.stream->fd()));
    error = kTcp.finish_connect(*outcome.stream).code;
    outcome.stream.reset();
  }
  EXPECT_EQ(error, ECONNREFUSED);
  EXPECT_TRUE(kTcp.listen(address, {}).ok()) << "the port must be free again";
}

TEST(Tcp, PlansNameWhatHasToBeLookedUp) {
  const auto literal = kTcp.plan("127.0.0.1:5555", {}).take();
  EXPECT_FALSE(literal.needs_name);
  EXPECT_EQ(literal.remotes.front().endpoint(), "tcp://127.0.0.1:5555");

  const auto named = kTcp.plan("lo:*;some.host:5555", {}).take();
  EXPECT_TRUE(named.needs_name);
  EXPECT_EQ(named.name, (NameQuery{"some.host", 5555, false}));
  EXPECT_EQ(named.source.endpoint(), "tcp://127.0.0.1:0");

  EXPECT_EQ(kTcp.plan("[::1]:5555", {}).error(), ENODEV) << "IPv6 is off";
  EXPECT_EQ(kTcp.plan("[fe80::1%nosuchif0]:5555", {}).error(), EINVAL);
  EXPECT_EQ(kTcp.plan("nosuchif0:0;127.0.0.1:5555", {}).error(), ENODEV);
}

TEST(Tcp, NormalizedFormsMatchLastEndpoint) {
  EXPECT_EQ(kTcp.normalized("127.0.0.1:5555", true), "tcp://[::ffff:127.0.0.1]:5555");
  EXPECT_EQ(kTcp.normalized("lo:5555", false), "tcp://127.0.0.1:5555");
  EXPECT_EQ(kTcp.normalized("some.host:5555", false), "");
  EXPECT_EQ(kTcp.normalized("127.0.0.1", false), "");
}

}  // namespace
}  // namespace zmqng
