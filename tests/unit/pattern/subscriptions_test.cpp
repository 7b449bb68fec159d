#include "pattern/subscriptions.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace zmqng {
namespace {

using Added = Subscriptions::Added;
using Removed = Subscriptions::Removed;
using Pipes = std::multiset<std::uint32_t>;

Pipes interested(Subscriptions& subscriptions, const std::string& message) {
  Pipes pipes;
  subscriptions.match(as_bytes(message), [&](std::uint32_t pipe) { pipes.insert(pipe); });
  return pipes;
}

TEST(Subscriptions, CountOncePerPrefixAndPipe) {
  Subscriptions subscriptions;
  EXPECT_EQ(subscriptions.add(as_bytes("A"), 0), Added::first_of_prefix);
  EXPECT_EQ(subscriptions.add(as_bytes("A"), 1), Added::another_pipe);
  EXPECT_EQ(subscriptions.add(as_bytes("A"), 0), Added::known_already);
  EXPECT_EQ(interested(subscriptions, "Ab"), (Pipes{0, 1}));
  EXPECT_EQ(subscriptions.remove(as_bytes("A"), 0), Removed::others_remain);
  EXPECT_EQ(subscriptions.remove(as_bytes("A"), 0), Removed::unknown);
  EXPECT_EQ(subscriptions.remove(as_bytes("A"), 1), Removed::last_of_prefix);
  EXPECT_EQ(subscriptions.remove(as_bytes("A"), 1), Removed::unknown);
  EXPECT_EQ(interested(subscriptions, "Ab"), Pipes{});
}

TEST(Subscriptions, APipeThatGoesTakesAllItsOwnWithIt) {
  Subscriptions subscriptions;
  for (const char* topic : {"", "A", "B"}) (void)subscriptions.add(as_bytes(topic), 3);
  for (const char* topic : {"A", "C"}) (void)subscriptions.add(as_bytes(topic), 1);
  std::map<std::string, bool> gone;
  subscriptions.remove_pipe(
      3, [&](Bytes topic, bool is_last) { gone[std::string(as_text(topic))] = is_last; });
  EXPECT_EQ(gone, (std::map<std::string, bool>{{"", true}, {"A", false}, {"B", true}}));
  EXPECT_EQ(subscriptions.size(), 2u);
  EXPECT_EQ(interested(subscriptions, "A"), Pipes{1});
}

// What was cancelled must not be listed for ever, and never count again.
TEST(Subscriptions, APipeMayComeAndGoByTheSameTopicsForEver) {
  Subscriptions subscriptions;
  (void)subscriptions.add(as_bytes("kept"), 0);
  for (int round = 0; round < 1000; ++round) {
    for (const char* topic : {"A", "B", "C"}) {
      const std::uint32_t pipe = static_cast<std::uint32_t>(round) % 3;
      EXPECT_EQ(subscriptions.add(as_bytes(topic), pipe), Added::first_of_prefix);
      EXPECT_EQ(subscriptions.remove(as_bytes(topic), pipe), Removed::last_of_prefix);
    }
  }
  (void)subscriptions.add(as_bytes("A"), 1);
  subscriptions.remove_pipe(0, [](Bytes topic, bool) { EXPECT_EQ(as_text(topic), "kept"); });
  subscriptions.remove_pipe(2, [](Bytes, bool) { ADD_FAILURE(); });
  EXPECT_EQ(interested(subscriptions, "A"), Pipes{1});
  subscriptions.remove_pipe(1, [](Bytes topic, bool) { EXPECT_EQ(as_text(topic), "A"); });
  EXPECT_EQ(subscriptions.size(), 0u);
  EXPECT_EQ(subscriptions.add(as_bytes("A"), 2), Added::first_of_prefix);
  subscriptions.remove_pipe(7, [](Bytes, bool) { ADD_FAILURE(); });
}

TEST(Subscriptions, AgreeWithASetInRandomUse) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Subscriptions subscriptions;
    std::map<std::string, std::set<std::uint32_t>> model;
    for (int step = 0; step < 4000; ++step) {
      std::string topic(random() % 4, ' ');
      for (char& letter : topic) letter = static_cast<char>('a' + random() % 3);
      const std::uint32_t pipe = random() % 5;
      auto& pipes = model[topic];
      switch (random() % 9) {
        case 0:
          subscriptions.remove_pipe(pipe, [&](Bytes text, bool is_last) {
            auto& holders = model[std::string(as_text(text))];
            ASSERT_EQ(holders.erase(pipe), 1u);
            ASSERT_EQ(holders.empty(), is_last);
          });
          for (auto& [text, holders] : model) ASSERT_EQ(holders.count(pipe), 0u);
          break;
        case 1:
        case 2:
        case 3: {
          const bool was_there = pipes.erase(pipe) == 1;
          const Removed expected = !was_there      ? Removed::unknown
                                   : pipes.empty() ? Removed::last_of_prefix
                                                   : Removed::others_remain;
          ASSERT_EQ(subscriptions.remove(as_bytes(topic), pipe), expected);
          break;
        }
        default: {
          const Added expected = pipes.count(pipe) != 0 ? Added::known_already
                                 : pipes.empty()        ? Added::first_of_prefix
                                                        : Added::another_pipe;
          ASSERT_EQ(subscriptions.add(as_bytes(topic), pipe), expected);
          pipes.insert(pipe);
        }
      }
      Pipes expected;
      for (const auto& [text, holders] : model) {
        if (topic.starts_with(text)) expected.insert(holders.begin(), holders.end());
      }
      ASSERT_EQ(interested(subscriptions, topic), expected);
    }
  }
}

TEST(SubscribedTopics, CountTheirReferences) {
  SubscribedTopics topics;
  using Gone = SubscribedTopics::Removed;
  EXPECT_TRUE(topics.add(as_bytes("A")));
  EXPECT_TRUE(topics.add(as_bytes("A")));
  EXPECT_EQ(topics.remove(as_bytes("B")), Gone::unknown);
  EXPECT_EQ(topics.remove(as_bytes("A")), Gone::others_remain);
  EXPECT_TRUE(topics.matches(as_bytes("Abc")));
  EXPECT_EQ(topics.remove(as_bytes("A")), Gone::last);
  EXPECT_EQ(topics.remove(as_bytes("A")), Gone::unknown);
  EXPECT_FALSE(topics.matches(as_bytes("Abc")));
}

}  // namespace
}  // namespace zmqng
