#include "security/command.h"

#include <gtest/gtest.h>

#include <string>

namespace zmqng {
namespace {

TEST(Command, IsANameAndTheDataBehindIt) {
  const std::optional<Command> command = parse_command(as_bytes("\5READYdata"));
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->name, "READY");
  EXPECT_EQ(as_text(command->data), "data");
}

TEST(Command, MayHaveNoDataOrAnEmptyName) {
  EXPECT_TRUE(parse_command(as_bytes("\4PONG"))->data.empty());
  EXPECT_EQ(parse_command(as_bytes(std::string(1, '\0')))->name, "");
}

TEST(Command, IsNoneIfTheNameRunsPastTheEnd) {
  EXPECT_FALSE(parse_command({}).has_value());
  const std::string whole = "\5READY";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_command(as_bytes(whole).first(size)).has_value()) << size;
  }
  EXPECT_FALSE(parse_command(as_bytes("\xffPING")).has_value());
}

TEST(Command, NameIsBuiltTheWayItIsParsed) {
  Octets body;
  append_command_name(body, "SUBSCRIBE");
  append(body, "topic");
  const std::optional<Command> command = parse_command(body);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->name, "SUBSCRIBE");
  EXPECT_EQ(as_text(command->data), "topic");
}

}  // namespace
}  // namespace zmqng
