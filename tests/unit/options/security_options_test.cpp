// Which mechanism a sequence of security options leaves behind, as measured on the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "options/option_numbers.h"
#include "options/socket_options.h"

namespace zmqng {
namespace {

constexpr int kDealer = 5;
constexpr char kKeyText[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

class SecurityOptionsTest : public ::testing::Test {
 protected:
  int set(int number, int value) {
    return set_option(options_, kDealer, number, &value, sizeof value).code;
  }
  int set(int number, std::string_view value) {
    return set_option(options_, kDealer, number, value.data(), value.size()).code;
  }
  int set_null(int number) { return set_option(options_, kDealer, number, nullptr, 0).code; }

  int get(int number) const {
    int value = -1;
    std::size_t length = sizeof value;
    EXPECT_EQ(get_option(options_, kDealer, number, &value, &length).code, 0);
    return value;
  }

  std::string get_key(int number, std::size_t room) const {
    std::string buffer(room, '\xa5');
    std::size_t length = room;
    if (get_option(options_, kDealer, number, buffer.data(), &length)) return "error";
    EXPECT_EQ(length, room);
    return buffer;
  }

  SocketOptions options_ = default_socket_options(kDealer, false, true);
};

TEST_F(SecurityOptionsTest, AServerFlagPicksItsMechanism) {
  EXPECT_EQ(get(option::mechanism), 0);
  EXPECT_EQ(set(option::plain_server, 1), 0);
  EXPECT_EQ(get(option::mechanism), 1);
  EXPECT_EQ(get(option::plain_server), 1);
  EXPECT_EQ(set(option::curve_server, 1), 0);
  EXPECT_EQ(get(option::mechanism), 2);
  EXPECT_EQ(get(option::plain_server), 0);
  EXPECT_EQ(get(option::curve_server), 1);
  EXPECT_EQ(set(option::gssapi_server, 1), 0);
  EXPECT_EQ(get(option::mechanism), 3);
  EXPECT_EQ(get(option::gssapi_server), 1);
}

TEST_F(SecurityOptionsTest, AServerFlagTakenBackLeavesNoMechanism) {
  EXPECT_EQ(set(option::plain_server, 1), 0);
  EXPECT_EQ(set(option::curve_server, 0), 0);
  EXPECT_EQ(get(option::mechanism), 0);
  EXPECT_EQ(get(option::plain_server), 0);
}

TEST_F(SecurityOptionsTest, AGssapiServerFlagOf0MeansAGssapiClient) {
  EXPECT_EQ(set(option::gssapi_server, 0), 0);
  EXPECT_EQ(get(option::mechanism), 3);
  EXPECT_EQ(get(option::gssapi_server), 0);
}

TEST_F(SecurityOptionsTest, PlainCredentialsMakeAPlainClient) {
  EXPECT_EQ(set(option::plain_server, 1), 0);
  EXPECT_EQ(set(option::plain_username, "user"), 0);
  EXPECT_EQ(get(option::mechanism), 1);
  EXPECT_EQ(get(option::plain_server), 0);
  EXPECT_EQ(set_null(option::plain_password), 0);
  EXPECT_EQ(get(option::mechanism), 0);
  EXPECT_EQ(options_.security.plain_username, "user");
  EXPECT_EQ(set(option::plain_username, ""), EINVAL);
}

TEST_F(SecurityOptionsTest, AGssapiPrincipalPicksGssapiAndKeepsTheRole) {
  EXPECT_EQ(set(option::plain_server, 1), 0);
  EXPECT_EQ(set(option::gssapi_principal, "abc"), 0);
  EXPECT_EQ(get(option::mechanism), 3);
  EXPECT_EQ(get(option::gssapi_server), 1);
}

TEST_F(SecurityOptionsTest, GssapiDetailsPickNothing) {
  EXPECT_EQ(set(option::gssapi_plaintext, 1), 0);
  EXPECT_EQ(set(option::gssapi_principal_nametype, 2), 0);
  EXPECT_EQ(get(option::mechanism), 0);
}

TEST_F(SecurityOptionsTest, CurveKeysComeAs32OctetsOrAsZ85) {
  const std::string raw(32, 'a');
  EXPECT_EQ(set(option::curve_secretkey, raw), 0);
  EXPECT_EQ(get(option::mechanism), 2);
  EXPECT_EQ(get_key(option::curve_secretkey, 32), raw);
  EXPECT_EQ(set(option::curve_publickey, std::string_view(kKeyText, 40)), 0);
  EXPECT_EQ(get_key(option::curve_publickey, 41), std::string(kKeyText, 41));
  EXPECT_EQ(set(option::curve_publickey, std::string_view(kKeyText, 41)), 0);
  EXPECT_EQ(get_key(option::curve_publickey, 41), std::string(kKeyText, 41));
  for (const std::size_t room : {0U, 31U, 33U, 40U, 42U, 64U}) {
    EXPECT_EQ(get_key(option::curve_publickey, room), "error") << room;
  }
}

TEST_F(SecurityOptionsTest, WrongCurveKeysChangeNothing) {
  const std::string forty_one = std::string(kKeyText, 40) + '1';
  EXPECT_EQ(set(option::curve_publickey, forty_one), EINVAL);
  EXPECT_EQ(set(option::curve_publickey, std::string(40, '~')), EINVAL);
  EXPECT_EQ(set(option::curve_publickey, std::string(40, '#')), EINVAL) << "beyond 32 bits";
  EXPECT_EQ(set(option::curve_publickey, std::string(31, 'a')), EINVAL);
  EXPECT_EQ(set(option::curve_publickey, std::string(kKeyText, 35) + std::string(5, '\0')), EINVAL);
  EXPECT_EQ(get(option::mechanism), 0);
  EXPECT_EQ(get_key(option::curve_publickey, 32), std::string(32, '\0'));
}

TEST_F(SecurityOptionsTest, WhoKnowsTheServersKeyIsAClient) {
  EXPECT_EQ(set(option::curve_server, 1), 0);
  EXPECT_EQ(set(option::curve_publickey, std::string(32, 'a')), 0);
  EXPECT_EQ(get(option::curve_server), 1);
  EXPECT_EQ(set(option::curve_serverkey, std::string(32, 'a')), 0);
  EXPECT_EQ(get(option::curve_server), 0);
  EXPECT_EQ(get(option::mechanism), 2);
}

}  // namespace
}  // namespace zmqng
