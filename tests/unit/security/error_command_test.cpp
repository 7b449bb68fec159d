#include "security/error_command.h"

#include <gtest/gtest.h>

#include <string>

#include "security/command.h"

namespace zmqng {
namespace {

TEST(ErrorCommand, WithAStatusCodeIsAnAuthenticationFailure) {
  EXPECT_EQ(failure_of_error_command(as_bytes("\3"
                                              "300")),
            Failure::auth(300));
  EXPECT_EQ(failure_of_error_command(as_bytes("\3"
                                              "400")),
            Failure::auth(400));
  EXPECT_EQ(failure_of_error_command(as_bytes("\3"
                                              "500")),
            Failure::auth(500));
}

TEST(ErrorCommand, WithAnyOtherReasonRaisesNoEvent) {
  for (const std::string reason : {"200", "600", "3000", "40", "Invalid", ""}) {
    const std::string data = std::string(1, static_cast<char>(reason.size())) + reason;
    EXPECT_EQ(failure_of_error_command(as_bytes(data)), Failure::silent()) << reason;
  }
}

TEST(ErrorCommand, WhoseReasonIsCutIsMalformed) {
  const Failure malformed = Failure::protocol(ProtocolError::zmtp_malformed_command_error);
  EXPECT_EQ(failure_of_error_command({}), malformed);
  EXPECT_EQ(failure_of_error_command(as_bytes("\3"
                                              "40")),
            malformed);
  EXPECT_EQ(failure_of_error_command(as_bytes("\xff"
                                              "abc")),
            malformed);
}

TEST(ErrorCommand, IgnoresWhatFollowsTheReason) {
  EXPECT_EQ(failure_of_error_command(as_bytes("\3"
                                              "400junk")),
            Failure::auth(400));
}

TEST(ErrorCommand, IsBuiltTheWayItIsParsed) {
  Octets body;
  append_error_command(body, "500");
  EXPECT_EQ(as_text(body),
            "\5ERROR\3"
            "500");
  EXPECT_EQ(failure_of_error_command(parse_command(body)->data), Failure::auth(500));
}

}  // namespace
}  // namespace zmqng
