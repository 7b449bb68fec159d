// Signals: EINTR reaches the caller of a blocking call when the handler was installed without
// SA_RESTART, and never otherwise.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <zmq.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::atomic<int> signals_handled{0};

// Installs a counting handler while it lives.
class Handler {
 public:
  Handler(int signal, int flags) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = [](int) { signals_handled.fetch_add(1); };
    action.sa_flags = flags;
    sigaction(signal, &action, &before_);
    signals_handled = 0;
  }
  ~Handler() { sigaction(signal_, &before_, nullptr); }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

// Sends SIGUSR1 to the thread that made it, every millisecond, while it lives.
class SignalSource {
 public:
  SignalSource()
      : thread_([this, target = pthread_self()] {
          while (!stop_) {
            pthread_kill(target, SIGUSR1);
            std::this_thread::sleep_for(milliseconds{1});
          }
        }) {}
  ~SignalSource() {
    stop_ = true;
    thread_.join();
  }
  SignalSource(const SignalSource&) = delete;
  SignalSource& operator=(const SignalSource&) = delete;

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

struct BlockingCall {
  const char* name;
  std::function<Outcome(Context&)> make;  // would block for ever
};

std::vector<BlockingCall> blocking_calls() {
  return {
      {"recv",
       [](Context& context) {
         Socket socket(context, ZMQ_PULL);
         socket.set(ZMQ_RCVTIMEO, -1);
         char octet;
         return outcome_of(zmq_recv(socket, &octet, 1, 0));
       }},
      {"recv on tcp",
       [](Context& context) {
         Socket puller(context, ZMQ_PULL), pusher(context, ZMQ_PUSH);
         pusher.connect(puller.bind_any(Transport::tcp));
         pusher.send("first");
         EXPECT_EQ(puller.recv_one(), "first");
         puller.set(ZMQ_RCVTIMEO, -1);
         char octet;
         return outcome_of(zmq_recv(puller, &octet, 1, 0));
       }},
      {"send",
       [](Context& context) {
         Socket socket(context, ZMQ_PUSH);
         socket.set(ZMQ_SNDTIMEO, -1);
         return outcome_of(zmq_send(socket, "x", 1, 0));
       }},
      {"poll",
       [](Context& context) {
         Socket socket(context, ZMQ_PULL);
         zmq_pollitem_t item{socket, 0, ZMQ_POLLIN, 0};
         return outcome_of(zmq_poll(&item, 1, -1));
       }},
      {"poll of several",
       [](Context& context) {
         Socket first(context, ZMQ_PULL), second(context, ZMQ_PULL);
         zmq_pollitem_t items[] = {{first, 0, ZMQ_POLLIN, 0}, {second, 0, ZMQ_POLLIN, 0}};
         return outcome_of(zmq_poll(items, 2, -1));
       }},
      {"proxy",
       [](Context& context) {
         Socket front(context, ZMQ_ROUTER), back(context, ZMQ_DEALER);
         return outcome_of(zmq_proxy(front, back, nullptr));
       }},
  };
}

TEST(Signals, InterruptBlockingCalls) {
  const Handler handler(SIGUSR1, 0);
  for (const BlockingCall& call : blocking_calls()) {
    SCOPED_TRACE(call.name);
    Context context;
    Outcome answer;
    {
      const SignalSource source;
      answer = call.make(context);
    }
    EXPECT_EQ(answer, fails_with(EINTR));
  }
}

TEST(Signals, InterruptTermWhichMayBeCalledAgain) {
  const Handler handler(SIGUSR1, 0);
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_PULL);
  {
    const SignalSource source;
    EXPECT_EQ(outcome_of(zmq_ctx_term(context)), fails_with(EINTR));
  }
  char octet;
  EXPECT_EQ(outcome_of(zmq_recv(socket, &octet, 1, 0)), fails_with(ETERM));
  EXPECT_EQ(zmq_close(socket), 0);
  EXPECT_EQ(outcome_of(zmq_ctx_term(context)), ok);
}

TEST(Signals, AnInterruptedCallLosesNothing) {
  const Handler handler(SIGUSR1, 0);
  Context context;
  Socket puller(context, ZMQ_PULL);
  const std::string endpoint = puller.bind_any(Transport::tcp);
  std::atomic<bool> was_interrupted{false};
  std::thread sender([&] {
    Socket pusher(context, ZMQ_PUSH);
    pusher.connect(endpoint);
    EXPECT_TRUE(wait_until([&] { return was_interrupted.load(); }));
    for (int i = 0; i < 1000; ++i) pusher.send(std::to_string(i));
    pusher.close();
  });
  const SignalSource source;
  for (int expected = 0; expected < 1000 && !HasFailure();) {
    char text[8];
    const int size = zmq_recv(puller, text, sizeof text, 0);
    if (size == -1) {
      ASSERT_EQ(zmq_errno(), EINTR);
      was_interrupted = true;
    } else {
      ASSERT_EQ(std::string(text, static_cast<size_t>(size)), std::to_string(expected++));
    }
  }
  sender.join();
}

// When the call looks, the handler is gone: it has still asked to be heard.
TEST(Signals, HandlersForOneTimeInterruptBlockingCalls) {
  const Handler handler(SIGUSR1, SA_RESETHAND);
  Context context;
  Socket puller(context, ZMQ_PULL);
  std::atomic<bool> is_over{false};
  std::thread sender([&, target = pthread_self()] {
    // Once the handler has run, another one would end the process.
    while (!is_over && signals_handled == 0) {
      if (stays([&] { return !is_over; })) pthread_kill(target, SIGUSR1);
      if (wait_until([&] { return is_over || signals_handled > 0; })) break;
    }
  });
  char octet = 0;
  EXPECT_EQ(outcome_of(zmq_recv(puller, &octet, 1, 0)), fails_with(EINTR));
  is_over = true;
  sender.join();
}

// With SA_RESTART the program asked not to be bothered: the call goes on, with what is left of
// its time.
TEST(Signals, WithSaRestartBlockingCallsTimeOutWhenTheirTimeIsOver) {
  SKIP_ON_REFERENCE("every signal ends its blocking calls with EINTR");
  const Handler handler(SIGUSR1, SA_RESTART);
  Context context;
  Socket puller(context, ZMQ_PULL), pusher(context, ZMQ_PUSH);
  puller.set(ZMQ_RCVTIMEO, 100);
  pusher.set(ZMQ_SNDTIMEO, 100);
  char octet = 0;
  const std::vector<std::function<Outcome()>> calls{
      [&] { return outcome_of(zmq_recv(puller, &octet, 1, 0)); },
      [&] { return outcome_of(zmq_send(pusher, &octet, 1, 0)); },
      [&] {
        zmq_pollitem_t item{puller, 0, ZMQ_POLLIN, 0};
        const int rc = zmq_poll(&item, 1, 100);
        return rc == 0 ? eagain : outcome_of(rc);
      },
      [&] {
        zmq_pollitem_t items[] = {{puller, 0, ZMQ_POLLIN, 0}, {pusher, 0, ZMQ_POLLOUT, 0}};
        const int rc = zmq_poll(items, 2, 100);
        return rc == 0 ? eagain : outcome_of(rc);
      }};
  for (size_t i = 0; i < calls.size(); ++i) {
    SCOPED_TRACE("call " + std::to_string(i));
    signals_handled = 0;
    const SignalSource source;
    const auto start = steady_clock::now();
    EXPECT_EQ(calls[i](), eagain);
    const auto took = steady_clock::now() - start;
    EXPECT_GE(took, milliseconds{99});
    EXPECT_LT(took, deadline);
    EXPECT_GT(signals_handled.load(), 0);
  }
}

TEST(Signals, WithSaRestartAWaitingRecvGetsItsMessage) {
  SKIP_ON_REFERENCE("every signal ends its blocking calls with EINTR");
  const Handler handler(SIGUSR1, SA_RESTART);
  Context context;
  Socket puller(context, ZMQ_PULL);
  const std::string endpoint = puller.bind_any(Transport::tcp);
  std::thread sender([&] {
    EXPECT_TRUE(wait_until([] { return signals_handled > 20; }));
    Socket pusher(context, ZMQ_PUSH);
    pusher.connect(endpoint);
    pusher.send("at last");
    pusher.close();
  });
  {
    const SignalSource source;
    char text[16];
    EXPECT_EQ(zmq_recv(puller, text, sizeof text, 0), 7);
  }
  sender.join();
}

TEST(Signals, WithSaRestartTermGoesOnWaiting) {
  SKIP_ON_REFERENCE("every signal ends zmq_ctx_term with EINTR");
  const Handler handler(SIGUSR1, SA_RESTART);
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_PULL);
  std::thread closer([&] {
    EXPECT_TRUE(wait_until([] { return signals_handled > 20; }));
    EXPECT_EQ(zmq_close(socket), 0);
  });
  {
    const SignalSource source;
    EXPECT_EQ(outcome_of(zmq_ctx_term(context)), ok);
  }
  closer.join();
}

// Calls that do not wait have nothing to interrupt, whatever the handler's flags.
TEST(Signals, NeverReachCallsThatDoNotWait) {
  SKIP_ON_REFERENCE("zmq_poll with timeout 0 and others are interrupted");
  for (const int flags : {0, SA_RESTART}) {
    const Handler handler(SIGUSR1, flags);
    const SignalSource source;
    Context context;
    Socket router(context, ZMQ_ROUTER), dealer(context, ZMQ_DEALER);
    const std::string endpoint = router.bind_any(Transport::tcp);
    dealer.connect(endpoint);
    const auto end = steady_clock::now() + milliseconds{150};
    while (steady_clock::now() < end && !HasFailure()) {
      char octets[8];
      const auto expect_no_eintr = [](const char* what, Outcome out) {
        EXPECT_NE(out, fails_with(EINTR)) << what;
      };
      expect_no_eintr("send", dealer.try_send("x"));
      expect_no_eintr("recv", outcome_of(zmq_recv(router, octets, 8, ZMQ_DONTWAIT)));
      size_t size = sizeof(int);
      expect_no_eintr("EVENTS", outcome_of(zmq_getsockopt(router, ZMQ_EVENTS, octets, &size)));
      const int linger = 0;
      expect_no_eintr("LINGER",
                      outcome_of(zmq_setsockopt(dealer, ZMQ_LINGER, &linger, sizeof linger)));
      zmq_pollitem_t items[] = {{router, 0, ZMQ_POLLIN, 0}, {dealer, 0, ZMQ_POLLIN, 0}};
      expect_no_eintr("poll", outcome_of(zmq_poll(items, 2, 0)));
      void* other = zmq_socket(context, ZMQ_DEALER);
      expect_no_eintr("bind", outcome_of(zmq_bind(other, "tcp://127.0.0.1:*")));
      expect_no_eintr("connect", outcome_of(zmq_connect(other, endpoint.c_str())));
      expect_no_eintr("disconnect", outcome_of(zmq_disconnect(other, endpoint.c_str())));
      expect_no_eintr("close", outcome_of(zmq_close(other)));
    }
  }
}

}  // namespace
}  // namespace api_test
