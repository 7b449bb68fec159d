// System calls that fail in ways the kernel documents: nothing aborts, others are still served,
// and everything goes on when the trouble is over. (demands A1, A5, A6)
#include <gtest/gtest.h>
#include <zmq.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <ostream>
#include <vector>

#include "api/shim/fault_shim.h"
#include "api/support/child.h"
#include "api/support/monitor.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

using std::chrono::milliseconds;

// Every errno that accept(2) names, whomever it concerns: one connection, the process, the machine.
constexpr int accept_errors[] = {
    ECONNABORTED, EMFILE,       ENFILE,      ENOBUFS,         ENOMEM,         EPERM,
    EPROTO,       ENETDOWN,     ENOPROTOOPT, EHOSTDOWN,       ENONET,         EOPNOTSUPP,
    ETIMEDOUT,    EHOSTUNREACH, ENETUNREACH, EBADF,           EFAULT,         EINTR,
    EINVAL,       ENOTSOCK,     ENOSR,       EPROTONOSUPPORT, ESOCKTNOSUPPORT};

// Nothing is wrong then: the visitor is gone, or the call is to be made again.
bool passes_silently(int accept_error) {
  return accept_error == ECONNABORTED || accept_error == EINTR;
}

class Faults {
 public:
  Faults() { fault_shim_clear(); }
  ~Faults() { fault_shim_clear(); }
};

// A REQ/REP pair that talks while others have trouble.
struct Couple {
  Couple(Context& context, Socket& server, const std::string& endpoint)
      : router(server), dealer(context, ZMQ_DEALER) {
    dealer.connect(endpoint);
    expect_round_trip("hello");
  }
  void expect_round_trip(const std::string& text) {
    dealer.send(text);
    const Frames request = router.recv();
    ASSERT_EQ(request.size(), 2u);
    EXPECT_EQ(request[1], text);
    router.send_all({request[0], text + "!"});
    EXPECT_EQ(dealer.recv_one(), text + "!");
  }
  Socket& router;
  Socket dealer;
};

Transport transport_of_environment() {
  return environment_text("TRANSPORT") == "ipc" ? Transport::ipc : Transport::tcp;
}

TEST(ErrnoChild, DISABLED_AcceptFailsOnce) {
  for (const int error : accept_errors) {
    SCOPED_TRACE(std::strerror(error));
    const Faults faults;
    Context context;
    Socket server(context, ZMQ_ROUTER);
    const std::string endpoint = server.bind_any(transport_of_environment());
    Monitor events(context, server, ZMQ_EVENT_ACCEPT_FAILED);
    Couple couple(context, server, endpoint);
    fault_shim_fail(FAULT_ACCEPT, error, 1);
    Couple second(context, server, endpoint);
    couple.expect_round_trip("first");
    second.expect_round_trip("second");
    EXPECT_EQ(fault_shim_hits(FAULT_ACCEPT), 1);
    if (!passes_silently(error)) {
      EXPECT_EQ(events.expect(ZMQ_EVENT_ACCEPT_FAILED, endpoint).value,
                static_cast<uint32_t>(error));
    }
    ASSERT_FALSE(HasFailure());
  }
}

TEST(ErrnoChild, DISABLED_AcceptFailsUntilFurtherNotice) {
  for (const int error : accept_errors) {
    if (error == EINTR) continue;  // no call is interrupted for ever
    SCOPED_TRACE(std::strerror(error));
    const Faults faults;
    Context context;
    Socket server(context, ZMQ_ROUTER);
    const std::string endpoint = server.bind_any(transport_of_environment());
    Monitor events(context, server, ZMQ_EVENT_ACCEPT_FAILED);
    Couple couple(context, server, endpoint);
    fault_shim_fail(FAULT_ACCEPT, error, -1);
    Socket newcomer(context, ZMQ_DEALER);
    newcomer.connect(endpoint);
    newcomer.send("waits");
    EXPECT_EQ(events.expect(ZMQ_EVENT_ACCEPT_FAILED, endpoint).value, static_cast<uint32_t>(error));
    EXPECT_GT(fault_shim_hits(FAULT_ACCEPT), 0);
    for (int i = 0; i < 20; ++i) couple.expect_round_trip(std::to_string(i));
    // No busy loop: a listener that cannot accept is left alone for a while.
    const int before = fault_shim_hits(FAULT_ACCEPT);
    EXPECT_TRUE(server.stays_silent(milliseconds{20}));
    EXPECT_LT(fault_shim_hits(FAULT_ACCEPT) - before, 40);
    fault_shim_clear();
    EXPECT_EQ(server.recv().back(), "waits");
    ASSERT_FALSE(HasFailure());
  }
}

// After the fault the connection is either still good or replaced by a new one.
void expect_recovery(Socket& dealer, Socket& router, const std::string& text) {
  EXPECT_TRUE(wait_until([&] {
    (void)dealer.try_send(text);
    return router.wait_readable(milliseconds{10});
  })) << "nothing arrives any more";
  while (auto message = router.try_recv()) EXPECT_EQ(message->back().substr(0, 4), "text");
}

void run_stream_faults(fault_call call, const std::vector<int>& errors) {
  for (const int error : errors) {
    for (const int count : {1, 5}) {
      SCOPED_TRACE(std::string(std::strerror(error)) + ", " + std::to_string(count) + " times");
      const Faults faults;
      Context context;
      Socket router(context, ZMQ_ROUTER), dealer(context, ZMQ_DEALER);
      dealer.set(ZMQ_RECONNECT_IVL, 2);
      dealer.connect(router.bind_any(transport_of_environment()));
      expect_recovery(dealer, router, "text before");
      fault_shim_fail(call, error, count);
      EXPECT_TRUE(wait_until([&] {
        (void)dealer.try_send("text during");
        (void)router.try_recv();
        return fault_shim_hits(call) == count;
      }));
      expect_recovery(dealer, router, "text after");
      ASSERT_FALSE(testing::Test::HasFailure());
    }
  }
}

TEST(ErrnoChild, DISABLED_SendFails) {
  run_stream_faults(FAULT_SEND,
                    {ENOMEM, EACCES, EMSGSIZE, ENOBUFS, ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH,
                     ENETUNREACH, ENETDOWN, EPERM, EINVAL, EFAULT, EINTR, EIO});
}

TEST(ErrnoChild, DISABLED_RecvFails) {
  run_stream_faults(FAULT_RECV, {ENOMEM, EFAULT, ECONNRESET, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH,
                                 ENOTCONN, EINVAL, EINTR, EIO, ENOBUFS});
}

TEST(ErrnoChild, DISABLED_AskingForTheErrorOfAConnectFails) {
  for (const int error : {ENOBUFS, ENOPROTOOPT, EFAULT, EINVAL, ENOMEM}) {
    SCOPED_TRACE(std::strerror(error));
    const Faults faults;
    Context context;
    Socket router(context, ZMQ_ROUTER), dealer(context, ZMQ_DEALER);
    dealer.set(ZMQ_RECONNECT_IVL, 2);
    // Nobody is there yet: with somebody on the same host there would be nothing to ask.
    const std::string endpoint = router.bind_any(transport_of_environment());
    router.unbind(endpoint);
    fault_shim_fail(FAULT_SO_ERROR, error, 3);
    dealer.connect(endpoint);
    EXPECT_TRUE(wait_until([] { return fault_shim_hits(FAULT_SO_ERROR) == 3; }));
    router.bind(endpoint);
    expect_recovery(dealer, router, "text");
    ASSERT_FALSE(HasFailure());
  }
}

TEST(ErrnoChild, DISABLED_SettingASocketOptionFails) {
  for (const int error : {ENOBUFS, ENOPROTOOPT, ENOMEM, EPERM, EINVAL, EDOM}) {
    for (const int count : {1, 2, 3, 4, 5}) {
      SCOPED_TRACE(std::string(std::strerror(error)) + ", " + std::to_string(count) + " times");
      const Faults faults;
      Context context;
      Socket router(context, ZMQ_ROUTER), dealer(context, ZMQ_DEALER);
      for (Socket* socket : {&router, &dealer}) {
        socket->set(ZMQ_RECONNECT_IVL, 2).set(ZMQ_TCP_KEEPALIVE, 1).set(ZMQ_SNDBUF, 40'000);
        socket->set(ZMQ_RCVBUF, 40'000).set(ZMQ_TOS, 8);
      }
      fault_shim_fail(FAULT_SETSOCKOPT, error, count);
      // The call may say so, or do without the option; it must not do harm.
      std::string endpoint = bindable_endpoint(transport_of_environment());
      (void)(router.try_bind(endpoint) == ok || router.try_bind(endpoint) == ok ||
             router.try_bind(endpoint) == ok || router.try_bind(endpoint) == ok ||
             router.try_bind(endpoint) == ok);
      if (router.last_endpoint().empty()) router.bind(endpoint);
      dealer.connect(router.last_endpoint());
      expect_recovery(dealer, router, "text");
      EXPECT_GT(fault_shim_hits(FAULT_SETSOCKOPT), 0);
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST(ErrnoChild, DISABLED_EpollTakesNoMore) {
  for (const int error : {ENOSPC, ENOMEM}) {
    SCOPED_TRACE(std::strerror(error));
    const Faults faults;
    Context context;
    Socket router(context, ZMQ_ROUTER);
    const std::string endpoint = router.bind_any(transport_of_environment());
    Couple couple(context, router, endpoint);
    fault_shim_fail(FAULT_EPOLL_ADD, error, -1);
    Socket refused(context, ZMQ_DEALER), unbound(context, ZMQ_DEALER);
    refused.set(ZMQ_RECONNECT_IVL, 2);
    (void)unbound.try_bind(bindable_endpoint(transport_of_environment()));
    (void)refused.try_connect(endpoint);
    couple.expect_round_trip("still served");
    EXPECT_TRUE(wait_until([] { return fault_shim_hits(FAULT_EPOLL_ADD) > 0; }));
    fault_shim_clear();
    Socket late(context, ZMQ_DEALER);
    late.connect(endpoint);
    late.send("text");
    EXPECT_EQ(router.recv().back(), "text");
    ASSERT_FALSE(HasFailure());
  }
}

struct FaultCase {
  const char* child;
  const char* transport;
  const char* reason;

  friend std::ostream& operator<<(std::ostream& out, const FaultCase& fault) {
    return out << fault.child << "_" << fault.transport;
  }
};

class FailingCalls : public testing::TestWithParam<FaultCase> {};

INSTANTIATE_TEST_SUITE_P(
    Of, FailingCalls,
    testing::Values(FaultCase{"AcceptFailsOnce", "tcp", "it aborts"},
                    FaultCase{"AcceptFailsOnce", "ipc", "it aborts"},
                    FaultCase{"AcceptFailsUntilFurtherNotice", "tcp", "it aborts or spins"},
                    FaultCase{"AcceptFailsUntilFurtherNotice", "ipc", "it aborts or spins"},
                    FaultCase{"SendFails", "tcp", "it aborts"},
                    FaultCase{"SendFails", "ipc", "it aborts"},
                    FaultCase{"RecvFails", "tcp", "it aborts"},
                    FaultCase{"RecvFails", "ipc", "it aborts"},
                    FaultCase{"AskingForTheErrorOfAConnectFails", "tcp", "it aborts"},
                    FaultCase{"SettingASocketOptionFails", "tcp", "it aborts"},
                    FaultCase{"SettingASocketOptionFails", "ipc", "it aborts"},
                    FaultCase{"EpollTakesNoMore", "tcp", "it aborts"},
                    FaultCase{"EpollTakesNoMore", "ipc", "it aborts"}),
    [](const auto& param) { return std::string(param.param.child) + "_" + param.param.transport; });

TEST_P(FailingCalls, HarmNobody) {
  SKIP_ON_REFERENCE(GetParam().reason);
  const ChildResult child = run_child(std::string("ErrnoChild.DISABLED_") + GetParam().child,
                                      {{"TRANSPORT", GetParam().transport}});
  EXPECT_TRUE(child.succeeded()) << child;
}

}  // namespace
}  // namespace api_test
