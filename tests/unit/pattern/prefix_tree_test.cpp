#include "pattern/prefix_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

namespace zmqng {
namespace {

using Texts = std::vector<std::string>;

std::string text_of(const PrefixTree& tree, std::uint32_t leaf) {
  return std::string(as_text(tree.text(leaf)));
}

Texts all(const PrefixTree& tree) {
  Texts texts;
  tree.for_each([&](std::uint32_t leaf) { texts.push_back(text_of(tree, leaf)); });
  return texts;
}

Texts prefixes(const PrefixTree& tree, const std::string& message) {
  Texts texts;
  tree.match(as_bytes(message), [&](std::uint32_t leaf) { texts.push_back(text_of(tree, leaf)); });
  EXPECT_EQ(tree.matches(as_bytes(message)), !texts.empty());
  return texts;
}

void insert(PrefixTree& tree, const Texts& texts) {
  for (const std::string& text : texts) ASSERT_NE(tree.insert(as_bytes(text)), kNoCell);
}

TEST(PrefixTree, AnEmptyOneMatchesNothing) {
  PrefixTree tree;
  EXPECT_EQ(tree.find({}), kNoCell);
  EXPECT_EQ(prefixes(tree, ""), Texts{});
  EXPECT_EQ(prefixes(tree, "a"), Texts{});
  EXPECT_EQ(all(tree), Texts{});
}

TEST(PrefixTree, TheEmptyStringIsAPrefixOfEverything) {
  PrefixTree tree;
  insert(tree, {""});
  EXPECT_EQ(prefixes(tree, ""), Texts{""});
  EXPECT_EQ(prefixes(tree, "anything"), Texts{""});
}

TEST(PrefixTree, FindsAllPrefixesShortestFirst) {
  PrefixTree tree;
  insert(tree, {"abc", "a", "", "abd", "ab", "b"});
  EXPECT_EQ(prefixes(tree, "abcd"), (Texts{"", "a", "ab", "abc"}));
  EXPECT_EQ(prefixes(tree, "ab"), (Texts{"", "a", "ab"}));
  EXPECT_EQ(prefixes(tree, "b"), (Texts{"", "b"}));
  EXPECT_EQ(prefixes(tree, "c"), Texts{""});
}

TEST(PrefixTree, TellsZeroBytesFromTheEnd) {
  PrefixTree tree;
  const std::string zero(1, '\0');
  insert(tree, {zero + zero, zero, "a" + zero, "a"});
  EXPECT_EQ(all(tree), (Texts{zero, zero + zero, "a", "a" + zero}));
  EXPECT_EQ(prefixes(tree, zero), Texts{zero});
  EXPECT_EQ(prefixes(tree, "a" + zero + zero), (Texts{"a", "a" + zero}));
  EXPECT_EQ(prefixes(tree, ""), Texts{});
}

TEST(PrefixTree, IteratesInOrder) {
  PrefixTree tree;
  insert(tree, {"b", "\xff", "ab", "aa", "a", "\x7f", ""});
  EXPECT_EQ(all(tree), (Texts{"", "a", "aa", "ab", "b", "\x7f", "\xff"}));
}

TEST(PrefixTree, KeepsOneValuePerMember) {
  PrefixTree tree;
  const std::uint32_t a = tree.insert(as_bytes("a"));
  EXPECT_EQ(tree.value(a), 0u);
  tree.value(a) = 7;
  EXPECT_EQ(tree.insert(as_bytes("a")), a);
  EXPECT_EQ(tree.value(tree.find(as_bytes("a"))), 7u);
  EXPECT_EQ(tree.size(), 1u);
  tree.erase(a);
  EXPECT_EQ(tree.size(), 0u);
  EXPECT_EQ(tree.value(tree.insert(as_bytes("a"))), 0u);
}

TEST(PrefixTree, TakesTenMegabyteStringsNestedInEachOther) {
  PrefixTree tree;
  const std::string text(10u << 20, 'x');
  for (std::size_t size : {text.size(), text.size() / 2, text.size() - 1}) {
    ASSERT_NE(tree.insert(as_bytes(text.substr(0, size))), kNoCell);
  }
  std::size_t found = 0;
  tree.match(as_bytes(text), [&](std::uint32_t) { ++found; });
  EXPECT_EQ(found, 3u);
  EXPECT_EQ(tree.find(as_bytes(text.substr(1, 5000))), kNoCell);
}

TEST(PrefixTree, TakesDeepNestsWithoutRecursion) {
  PrefixTree tree;
  const std::string text(3000, 'x');
  for (std::size_t size = 0; size <= text.size(); ++size) {
    ASSERT_NE(tree.insert(as_bytes(text).first(size)), kNoCell);
  }
  std::size_t found = 0;
  tree.match(as_bytes(text), [&](std::uint32_t) { ++found; });
  EXPECT_EQ(found, text.size() + 1);
  std::size_t size = 0;
  tree.for_each([&](std::uint32_t leaf) { EXPECT_EQ(tree.text(leaf).size(), size++); });
}

TEST(PrefixTree, HasRoomForEveryByteInOnePlace) {
  PrefixTree tree;
  Texts texts;
  for (int round = 0; round < 2; ++round) {
    texts.clear();
    for (int byte = 255; byte >= 0; --byte) {
      const std::string text = std::string("x") + static_cast<char>(byte);
      ASSERT_NE(tree.insert(as_bytes(text)), kNoCell);
      texts.insert(texts.begin(), text);
    }
    ASSERT_NE(tree.insert(as_bytes("x")), kNoCell);
    texts.insert(texts.begin(), "x");
    EXPECT_EQ(all(tree), texts);
    for (const std::string& text : texts) tree.erase(tree.find(as_bytes(text)));
    EXPECT_EQ(all(tree), Texts{});
    tree.release_memory();
  }
}

TEST(PrefixTree, TakesStringsInAnyOrderAndGivesThemBackInAnyOther) {
  Texts texts;
  for (int i = 0; i < 2000; ++i) texts.push_back("device/" + std::to_string(10000 + i));
  std::mt19937 random(1);
  for (int round = 0; round < 4; ++round) {
    PrefixTree tree;
    Texts inserted = texts;
    if (round % 2 == 1) std::shuffle(inserted.begin(), inserted.end(), random);
    insert(tree, inserted);
    insert(tree, inserted);  // known already
    ASSERT_EQ(all(tree), texts);
    EXPECT_EQ(tree.find(as_bytes("device/1")), kNoCell);
    Texts erased = texts;
    if (round >= 2) std::shuffle(erased.begin(), erased.end(), random);
    for (std::size_t i = 0; i < erased.size(); ++i) {
      const std::uint32_t leaf = tree.find(as_bytes(erased[i]));
      ASSERT_EQ(text_of(tree, leaf), erased[i]);
      // Between finding and erasing, another one may be looked for.
      if (i % 3 == 0) {
        EXPECT_NE(tree.find(as_bytes(erased.back())), kNoCell);
      }
      tree.erase(leaf);
      ASSERT_EQ(tree.find(as_bytes(erased[i])), kNoCell);
    }
    EXPECT_EQ(all(tree), Texts{});
  }
}

TEST(PrefixTree, FindsEveryByteAmongThoseWithGaps) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    PrefixTree tree;
    std::set<std::string> texts;
    for (unsigned count = random() % 20; count > 0; --count) {
      texts.insert(std::string(1, static_cast<char>('0' + random() % 60)));
    }
    insert(tree, {texts.begin(), texts.end()});
    for (int byte = 0; byte < 256; ++byte) {
      const std::string text(1, static_cast<char>(byte));
      ASSERT_EQ(tree.matches(as_bytes(text)), texts.count(text) != 0) << byte;
      ASSERT_EQ(tree.find(as_bytes(text)) != kNoCell, texts.count(text) != 0) << byte;
    }
  }
}

// Short strings over few letters, so that most things happen often.
std::string random_text(std::mt19937& random) {
  static const char letters[] = {'\0', '\1', 'a', 'b', '\x80', '\xff'};
  std::string text(random() % 6, ' ');
  for (char& letter : text) letter = letters[random() % sizeof letters];
  return text;
}

TEST(PrefixTree, AgreesWithASetInRandomUse) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    PrefixTree tree;
    std::map<std::string, std::uint32_t> model;
    for (int step = 0; step < 3000; ++step) {
      const std::string text = random_text(random);
      const auto known = model.find(text);
      if (random() % 2 == 0) {
        const std::uint32_t leaf = tree.insert(as_bytes(text));
        ASSERT_TRUE(known == model.end() || known->second == leaf);
        model[text] = leaf;
      } else if (known != model.end()) {
        ASSERT_EQ(tree.find(as_bytes(text)), known->second);
        tree.erase(known->second);
        model.erase(known);
      } else {
        ASSERT_EQ(tree.find(as_bytes(text)), kNoCell);
      }
      if (random() % 4 == 0) {  // somewhere else meanwhile
        const std::string other = random_text(random);
        const auto there = model.find(other);
        ASSERT_EQ(tree.find(as_bytes(other)), there != model.end() ? there->second : kNoCell);
      }
      const std::string message = random_text(random);
      Texts expected;
      for (const auto& [member, leaf] : model) {
        if (message.starts_with(member)) expected.push_back(member);
      }
      ASSERT_EQ(prefixes(tree, message), expected);
      ASSERT_EQ(tree.size(), model.size());
    }
    Texts expected;
    for (const auto& [member, leaf] : model) expected.push_back(member);
    EXPECT_EQ(all(tree), expected);
  }
}

}  // namespace
}  // namespace zmqng
