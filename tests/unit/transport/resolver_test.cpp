#include "transport/resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace zmqng {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 10s;

// A name service under the test's thumb: names that start with "slow" wait until they are let go.
// Shared, since a look-up may outlive the test's Resolver.
class FakeNames {
 public:
  Resolver::Lookup lookup() {
    return [state = state_](const NameQuery& query) { return state->look_up(query); };
  }
  void let_go() {
    const std::lock_guard lock(state_->mutex);
    state_->is_open = true;
    state_->changed.notify_all();
  }
  // Waits until `count` look-ups were begun.
  bool wait_begun(int count) {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, kPatience, [&] { return state_->begun >= count; });
  }
  bool wait_ended(int count) {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_for(lock, kPatience, [&] { return state_->ended >= count; });
  }
  int begun() {
    const std::lock_guard lock(state_->mutex);
    return state_->begun;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_open = false;
    int begun = 0;
    int ended = 0;

    Result<AddressList> look_up(const NameQuery& query) {
      std::unique_lock lock(mutex);
      ++begun;
      changed.notify_all();
      if (query.host.rfind("slow", 0) == 0) changed.wait(lock, [this] { return is_open; });
      ++ended;
      changed.notify_all();
      if (query.host == "unknown") return Error{ENODEV};
      return AddressList{SocketAddress::any(AF_INET, query.port)};
    }
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class Answers : public ResolveClient {
 public:
  void name_resolved(ResolveToken token, Result<AddressList> answer) override {
    const std::lock_guard lock(mutex_);
    answers_.emplace(token, std::move(answer));
    changed_.notify_all();
  }
  bool wait_for(ResolveToken token) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return answers_.count(token) != 0; });
  }
  bool has(ResolveToken token) {
    const std::lock_guard lock(mutex_);
    return answers_.count(token) != 0;
  }
  Result<AddressList> of(ResolveToken token) {
    const std::lock_guard lock(mutex_);
    return answers_.at(token);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ResolveToken, Result<AddressList>> answers_;
};

TEST(Resolver, AnswersWithAddressesOrAnErrno) {
  FakeNames names;
  Answers answers;
  Resolver resolver(names.lookup());
  const auto known = resolver.resolve({"known", 5555, false}, answers).take();
  const auto unknown = resolver.resolve({"unknown", 5555, false}, answers).take();
  ASSERT_TRUE(answers.wait_for(known));
  EXPECT_EQ(answers.of(known).value().front().endpoint(), "tcp://0.0.0.0:5555");
  ASSERT_TRUE(answers.wait_for(unknown));
  EXPECT_EQ(answers.of(unknown).error(), ENODEV);
}

TEST(Resolver, ASlowNameDelaysNoOther) {
  FakeNames names;
  Answers answers;
  Resolver resolver(names.lookup());
  const auto slow = resolver.resolve({"slow", 1, false}, answers).take();
  ASSERT_TRUE(names.wait_begun(1));
  const auto quick = resolver.resolve({"quick", 1, false}, answers).take();
  ASSERT_TRUE(answers.wait_for(quick));
  EXPECT_FALSE(answers.has(slow));
  names.let_go();
  EXPECT_TRUE(answers.wait_for(slow));
}

TEST(Resolver, OneDeadNameOccupiesOneThread) {
  FakeNames names;
  Answers answers;
  Resolver resolver(names.lookup());
  std::vector<ResolveToken> tokens;
  for (int i = 0; i < 3 * Resolver::kThreadsMax; ++i) {
    tokens.push_back(resolver.resolve({"slow", 1, false}, answers).take());
  }
  const auto quick = resolver.resolve({"quick", 1, false}, answers).take();
  ASSERT_TRUE(answers.wait_for(quick));
  EXPECT_EQ(names.begun(), 2);
  names.let_go();
  for (const auto token : tokens) EXPECT_TRUE(answers.wait_for(token));
}

TEST(Resolver, BeyondTheLimitOfThreadsNamesQueue) {
  FakeNames names;
  Answers answers;
  Resolver resolver(names.lookup());
  for (int i = 0; i < Resolver::kThreadsMax; ++i) {
    (void)resolver.resolve({"slow" + std::to_string(i), 1, false}, answers);
  }
  ASSERT_TRUE(names.wait_begun(Resolver::kThreadsMax));
  const auto quick = resolver.resolve({"quick", 1, false}, answers).take();
  EXPECT_EQ(names.begun(), Resolver::kThreadsMax);
  names.let_go();
  EXPECT_TRUE(answers.wait_for(quick));
}

TEST(Resolver, ACancelledRequestIsNeverAnswered) {
  FakeNames names;
  Answers answers;
  Resolver resolver(names.lookup());
  const auto gone = resolver.resolve({"slow", 1, false}, answers).take();
  const auto kept = resolver.resolve({"slow", 1, false}, answers).take();
  ASSERT_TRUE(names.wait_begun(1));
  resolver.cancel(gone);
  names.let_go();
  ASSERT_TRUE(answers.wait_for(kept));
  EXPECT_FALSE(answers.has(gone));
  resolver.cancel(kept);  // too late, and harmless
  resolver.cancel(0);
}

TEST(Resolver, CancellingWaitsForACallInProgress) {
  struct SlowClient : ResolveClient {
    std::atomic<bool> is_inside = false;
    std::atomic<bool> may_leave = false;
    std::atomic<bool> has_left = false;
    void name_resolved(ResolveToken, Result<AddressList>) override {
      is_inside = true;
      is_inside.notify_all();
      may_leave.wait(false);
      has_left = true;
    }
  };
  FakeNames names;
  SlowClient client;
  Resolver resolver(names.lookup());
  const auto token = resolver.resolve({"quick", 1, false}, client).take();
  client.is_inside.wait(false);
  std::thread canceller([&] {
    resolver.cancel(token);
    EXPECT_TRUE(client.has_left);
  });
  client.may_leave = true;
  client.may_leave.notify_all();
  canceller.join();
}

TEST(Resolver, AClientMayCancelFromItsCall) {
  struct CancellingClient : ResolveClient {
    Resolver* resolver = nullptr;
    std::atomic<bool> is_done = false;
    void name_resolved(ResolveToken token, Result<AddressList>) override {
      resolver->cancel(token);
      is_done = true;
      is_done.notify_all();
    }
  };
  FakeNames names;
  CancellingClient client;
  Resolver resolver(names.lookup());
  client.resolver = &resolver;
  ASSERT_TRUE(resolver.resolve({"quick", 1, false}, client).ok());
  client.is_done.wait(false);
}

TEST(Resolver, EndsWithoutWaitingForAStuckLookup) {
  FakeNames names;
  Answers answers;
  ResolveToken token = 0;
  {
    Resolver resolver(names.lookup());
    token = resolver.resolve({"slow", 1, false}, answers).take();
    ASSERT_TRUE(names.wait_begun(1));
  }
  names.let_go();
  ASSERT_TRUE(names.wait_ended(1));
  EXPECT_FALSE(answers.has(token));
}

TEST(Resolver, CancellingAndEndingRaceWithAnswersSafely) {
  for (int round = 0; round < 50; ++round) {
    FakeNames names;
    Answers answers;
    Resolver resolver(names.lookup());
    std::vector<ResolveToken> tokens;
    for (int i = 0; i < 16; ++i) {
      tokens.push_back(resolver.resolve({"n" + std::to_string(i % 5), 1, false}, answers).take());
    }
    for (const auto token : tokens) {
      if (token % 2 == 0) resolver.cancel(token);
    }
  }
}

TEST(ResolveName, FindsTheLocalHost) {
  const auto ipv4 = resolve_name({"localhost", 5555, false});
  ASSERT_TRUE(ipv4.ok());
  EXPECT_EQ(ipv4.value().front().endpoint(), "tcp://127.0.0.1:5555");
  const auto ipv6 = resolve_name({"localhost", 5555, true});
  ASSERT_TRUE(ipv6.ok());
  for (const auto& address : ipv6.value()) EXPECT_EQ(address.family(), AF_INET6);
}

}  // namespace
}  // namespace zmqng
