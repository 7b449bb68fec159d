#include "security/properties.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace zmqng {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Properties make(const Pairs& pairs) {
  Properties properties;
  for (const auto& [name, value] : pairs) properties.add(name, as_bytes(value));
  return properties;
}

Pairs pairs_of(const Properties& properties) {
  Pairs pairs;
  for (const Property property : properties) {
    pairs.emplace_back(property.name, as_text(property.value));
  }
  return pairs;
}

TEST(Properties, AreWrittenInTheOrderTheyWereAdded) {
  const Properties properties = make({{"Socket-Type", "DEALER"}, {"Identity", ""}});
  const std::string expected = std::string("\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0", 35);
  EXPECT_EQ(as_text(properties.wire()), expected);
}

TEST(Properties, ComeBackFromTheWireUnchanged) {
  const Pairs pairs = {{"a", "1"}, {std::string(255, 'n'), std::string(70000, 'v')}, {"", ""}};
  const std::optional<Properties> parsed = Properties::parse(make(pairs).wire());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(pairs_of(*parsed), pairs);
}

TEST(Properties, MayBeNone) {
  const std::optional<Properties> parsed = Properties::parse({});
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->empty());
  EXPECT_TRUE(pairs_of(*parsed).empty());
  EXPECT_FALSE(parsed->find("Socket-Type").has_value());
}

TEST(Properties, AreFoundByExactNameAndTheFirstOfSeveralWins) {
  const Properties properties = make({{"x", "1"}, {"X", "2"}, {"x", "3"}, {"", "4"}});
  EXPECT_EQ(as_text(*properties.find("x")), "1");
  EXPECT_EQ(as_text(*properties.find("X")), "2");
  EXPECT_EQ(as_text(*properties.find("")), "4");
  EXPECT_FALSE(properties.find("y").has_value());
}

TEST(Properties, CutAnywhereButBetweenTwoAreRefused) {
  const Properties properties = make({{"Socket-Type", "PUB"}, {"Identity", "me"}, {"X", ""}});
  const Bytes wire = properties.wire();
  const std::size_t first = 1 + 11 + 4 + 3;
  const std::size_t second = first + 1 + 8 + 4 + 2;
  for (std::size_t size = 0; size <= wire.size(); ++size) {
    const bool is_whole = size == 0 || size == first || size == second || size == wire.size();
    EXPECT_EQ(Properties::parse(wire.first(size)).has_value(), is_whole) << size;
  }
}

TEST(Properties, WithAValueLongerThanTheRestAreRefused) {
  EXPECT_FALSE(Properties::parse(as_bytes(std::string("\1a\0\0\0\x09zz", 8))).has_value());
  EXPECT_FALSE(Properties::parse(as_bytes("\1a\xff\xff\xff\xffzz")).has_value());
}

}  // namespace
}  // namespace zmqng
