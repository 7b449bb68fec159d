#include "options/socket_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/z85.h"
#include "options/option_numbers.h"
#include "options/option_table.h"
#include "unit/options/measured_options.h"

namespace zmqng {
namespace {

constexpr int kTypes = 21;
constexpr int kPub = 1, kSub = 2, kDealer = 5, kRouter = 6, kXpub = 9, kStream = 11, kXsub = 10;

SocketOptions fresh(int type) {
  return default_socket_options(type, false, true);
}

int set_octets(SocketOptions& options, int type, int number, std::string_view value) {
  return set_option(options, type, number, value.data(), value.size()).code;
}

int set_int(SocketOptions& options, int type, int number, int value) {
  return set_option(options, type, number, &value, sizeof value).code;
}

int get_int(const SocketOptions& options, int type, int number) {
  int value = -12345;
  std::size_t length = sizeof value;
  const Error error = get_option(options, type, number, &value, &length);
  EXPECT_EQ(error.code, 0) << "option " << number;
  EXPECT_EQ(length, sizeof value);
  return value;
}

// The answer to a get with this much room, or "error".
std::string get_octets(const SocketOptions& options, int type, int number, std::size_t room) {
  std::string buffer(room, '\xa5');
  std::size_t length = room;
  if (get_option(options, type, number, buffer.data(), &length)) {
    EXPECT_EQ(length, room) << "a failed call changed the length";
    EXPECT_EQ(buffer, std::string(room, '\xa5')) << "a failed call wrote to the buffer";
    return "error";
  }
  EXPECT_EQ(buffer.find_first_not_of('\0', length), std::string::npos) << "rest is not zeroed";
  return buffer.substr(0, length);
}

bool in(std::uint32_t types, int type) {
  return (types >> type & 1U) != 0;
}

int expected_answer(const measured::Number& option, int value) {
  switch (option.readback) {
    case measured::Readback::zero_or_one:
      return value != 0 ? 1 : 0;
    case measured::Readback::hundreds:
      return value / 100 * 100;
    case measured::Readback::same:
      break;
  }
  return value;
}

TEST(SocketOptions, NumbersHaveTheMeasuredDefaultOnEveryType) {
  for (const auto& option : measured::kNumbers) {
    for (int type = 0; type < kTypes; ++type) {
      if (!in(option.get_types, type)) continue;
      const bool never_lingers = type == kSub || type == kXsub || type == 15;
      const bool is_special = option.number == option::linger && never_lingers;
      const int expected = is_special ? 0 : option.default_value;
      EXPECT_EQ(get_int(fresh(type), type, option.number), expected) << option.name << ' ' << type;
    }
  }
}

TEST(SocketOptions, NumbersAreAcceptedExactlyWhereTheReferenceAcceptsThem) {
  for (const auto& option : measured::kNumbers) {
    for (int type = 0; type < kTypes; ++type) {
      SocketOptions options = fresh(type);
      for (const int value : measured::kProbedNumbers) {
        const bool is_ok = in(option.set_types, type) && value >= option.min && value <= option.max;
        EXPECT_EQ(set_int(options, type, option.number, value), is_ok ? 0 : EINVAL)
            << option.name << " = " << value << " on type " << type;
        if (!is_ok || !in(option.get_types, type)) continue;
        EXPECT_EQ(get_int(options, type, option.number), expected_answer(option, value))
            << option.name << " on type " << type;
      }
    }
  }
}

TEST(SocketOptions, NumbersRefuseEveryOtherLength) {
  const std::string octets(70000, '\0');
  for (const auto& option : measured::kNumbers) {
    for (int type = 0; type < kTypes; ++type) {
      SocketOptions options = fresh(type);
      for (const int length : measured::kProbedLengths) {
        if (length == 4) continue;
        const auto size = static_cast<std::size_t>(length);
        EXPECT_EQ(
            set_octets(options, type, option.number, std::string_view(octets).substr(0, size)),
            EINVAL)
            << option.name << " with " << length;
        EXPECT_EQ(get_octets(options, type, option.number, size), "error") << option.name;
      }
    }
  }
}

TEST(SocketOptions, OctetsAreAcceptedExactlyWhereTheReferenceAcceptsThem) {
  const std::string text(70000, 'a');
  for (const auto& option : measured::kOctets) {
    const bool is_subscription =
        option.number == option::subscribe || option.number == option::unsubscribe;
    ASSERT_FALSE(is_subscription) << "not stored: has its own test";
    for (int type = 0; type < kTypes; ++type) {
      for (const int length : measured::kProbedLengths) {
        SocketOptions options = fresh(type);
        const std::string_view value(text.data(), static_cast<std::size_t>(length));
        const bool is_ok = in(option.set_types, type) && length >= option.length_min &&
                           length <= option.length_max;
        ASSERT_EQ(set_octets(options, type, option.number, value), is_ok ? 0 : EINVAL)
            << option.name << " with " << length << " on type " << type;
        if (!is_ok || !in(option.get_types, type)) continue;
        const std::string expected = std::string(value) + (option.has_nul ? std::string(1, 0) : "");
        EXPECT_EQ(get_octets(options, type, option.number, expected.size() + 16), expected)
            << option.name;
        EXPECT_EQ(get_octets(options, type, option.number, expected.size()), expected);
        if (expected.size() > 1) {
          EXPECT_EQ(get_octets(options, type, option.number, expected.size() - 1), "error");
        }
      }
    }
  }
}

TEST(SocketOptions, AnEmptyStringNeedsRoomForItsNulButARoutingIdNeedsNone) {
  EXPECT_EQ(get_octets(fresh(kDealer), kDealer, option::zap_domain, 0), "error");
  EXPECT_EQ(get_octets(fresh(kDealer), kDealer, option::zap_domain, 1), std::string(1, 0));
  EXPECT_EQ(get_octets(fresh(kDealer), kDealer, option::routing_id, 0), "");
  EXPECT_EQ(get_octets(fresh(kDealer), kDealer, option::routing_id, 512), "");
}

TEST(SocketOptions, ANulThatWasSetComesBackInFrontOfTheAddedOne) {
  SocketOptions options = fresh(kDealer);
  using namespace std::string_view_literals;
  EXPECT_EQ(set_octets(options, kDealer, option::zap_domain, "ab\0cd"sv), 0);
  EXPECT_EQ(get_octets(options, kDealer, option::zap_domain, 64), "ab\0cd\0"sv);
  EXPECT_EQ(set_octets(options, kDealer, option::routing_id, "abcd\0"sv), 0);
  EXPECT_EQ(get_octets(options, kDealer, option::routing_id, 64), "abcd\0"sv);
}

TEST(SocketOptions, NumbersOf8OctetsTakeEveryValue) {
  SocketOptions options = fresh(kDealer);
  for (const int number : {option::affinity, option::maxmsgsize}) {
    for (const std::int64_t value : {INT64_MIN, INT64_C(-2), INT64_C(0), INT64_C(1), INT64_MAX}) {
      EXPECT_EQ(set_option(options, kDealer, number, &value, sizeof value).code, 0);
      std::int64_t answer = 0;
      std::size_t length = sizeof answer;
      EXPECT_EQ(get_option(options, kDealer, number, &answer, &length).code, 0);
      EXPECT_EQ(answer, value);
    }
    EXPECT_EQ(set_int(options, kDealer, number, 1), EINVAL);
    EXPECT_EQ(get_octets(options, kDealer, number, 4), "error");
    EXPECT_EQ(get_octets(options, kDealer, number, 9), "error");
  }
}

TEST(SocketOptions, UnknownNumbersAreRefusedByEveryType) {
  for (const int number : measured::kUnknown) {
    for (int type = 0; type < kTypes; ++type) {
      SocketOptions options = fresh(type);
      EXPECT_EQ(set_int(options, type, number, 1), EINVAL) << number;
      EXPECT_EQ(set_octets(options, type, number, "X-name:value"), EINVAL) << number;
      EXPECT_EQ(get_octets(options, type, number, 4), "error") << number;
    }
  }
}

TEST(SocketOptions, TypeNumbersFromOutsideKnowNoOption) {
  SocketOptions options = fresh(kDealer);
  for (const int type : {-1, 32, 1000, INT_MAX, INT_MIN}) {
    EXPECT_EQ(set_int(options, type, option::linger, 1), EINVAL);
    EXPECT_EQ(get_octets(options, type, option::linger, 4), "error");
  }
}

TEST(SocketOptions, NoNullPointerCrashes) {
  for (const OptionRow& row : option_rows()) {
    for (int type = 0; type < kTypes; ++type) {
      SocketOptions options = fresh(type);
      for (const std::size_t length : {0, 1, 4, 8, 32, 41, 255, 70000}) {
        (void)set_option(options, type, row.number, nullptr, length);
        std::size_t room = length;
        EXPECT_EQ(get_option(options, type, row.number, nullptr, &room).code, EINVAL);
        char buffer[4] = {};
        EXPECT_EQ(get_option(options, type, row.number, buffer, nullptr).code, EINVAL);
      }
    }
  }
}

TEST(SocketOptions, NullWithALengthIsRefusedExceptForSocksCredentials) {
  for (const OptionRow& row : option_rows()) {
    const bool is_socks =
        row.number == option::socks_username || row.number == option::socks_password;
    for (int type = 0; type < 12; ++type) {
      SocketOptions options = fresh(type);
      EXPECT_EQ(set_option(options, type, row.number, nullptr, 4).code, is_socks ? 0 : EINVAL)
          << row.number;
    }
  }
}

TEST(SocketOptions, NullWithoutALengthEmptiesWhatCanBeEmptied) {
  SocketOptions options = fresh(kDealer);
  for (const int number : {option::socks_proxy, option::socks_username, option::socks_password,
                           option::bindtodevice}) {
    EXPECT_EQ(set_octets(options, kDealer, number, "text"), 0);
    EXPECT_EQ(set_option(options, kDealer, number, nullptr, 0).code, 0);
    EXPECT_EQ(get_octets(options, kDealer, number, 64), std::string(1, 0)) << number;
  }
  EXPECT_EQ(set_octets(options, kDealer, option::zap_domain, "text"), 0);
  EXPECT_EQ(set_option(options, kDealer, option::zap_domain, nullptr, 0).code, EINVAL);
}

TEST(SocketOptions, ALengthBeyondReasonIsNotTaken) {
  SocketOptions options = fresh(kDealer);
  const char octet = 'a';
  EXPECT_EQ(set_option(options, kDealer, option::socks_proxy, &octet, SIZE_MAX).code, ENOMEM);
  EXPECT_EQ(set_option(options, kDealer, option::zap_domain, &octet, SIZE_MAX).code, EINVAL);
  EXPECT_EQ(set_option(options, kDealer, option::linger, &octet, SIZE_MAX).code, EINVAL);
}

TEST(SocketOptions, TheContextGivesDefaults) {
  EXPECT_EQ(get_int(default_socket_options(kDealer, true, true), kDealer, option::ipv6), 1);
  EXPECT_EQ(get_int(default_socket_options(kDealer, true, true), kDealer, option::ipv4only), 0);
  EXPECT_EQ(get_int(default_socket_options(kDealer, false, false), kDealer, option::linger), 0);
}

TEST(SocketOptions, Ipv4OnlyIsTheInverseOfIpv6) {
  SocketOptions options = fresh(kDealer);
  for (const int flag : {1, 0}) {
    EXPECT_EQ(set_int(options, kDealer, option::ipv6, flag), 0);
    EXPECT_EQ(get_int(options, kDealer, option::ipv4only), 1 - flag);
    EXPECT_EQ(set_int(options, kDealer, option::ipv4only, flag), 0);
    EXPECT_EQ(get_int(options, kDealer, option::ipv6), 1 - flag);
  }
}

TEST(SocketOptions, TypeIsAnsweredAndNeverSet) {
  for (int type = 0; type < 12; ++type) {
    SocketOptions options = fresh(type);
    EXPECT_EQ(get_int(options, type, option::type), type);
    EXPECT_EQ(get_int(options, type, option::thread_safe), 0);
    EXPECT_EQ(set_int(options, type, option::type, 1), EINVAL);
    EXPECT_EQ(set_int(options, type, option::thread_safe, 1), EINVAL);
    EXPECT_EQ(set_int(options, type, option::mechanism, 1), EINVAL);
  }
}

TEST(SocketOptions, LiveOptionsAreLeftToTheSocket) {
  for (const int number : {option::rcvmore, option::fd, option::events, option::last_endpoint}) {
    EXPECT_TRUE(is_live(number));
    SocketOptions options = fresh(kDealer);
    EXPECT_EQ(set_int(options, kDealer, number, 0), EINVAL);
  }
  EXPECT_FALSE(is_live(option::linger));
}

TEST(SocketOptions, LiveIntegersTakeAnyRoomOf4OrMore) {
  for (const std::size_t room : {4U, 5U, 8U, 512U}) {
    std::string buffer(room, '\xa5');
    std::size_t length = room;
    EXPECT_EQ(put_live_int(7, buffer.data(), &length).code, 0);
    EXPECT_EQ(length, 4U);
    std::string expected(room, '\0');
    expected[0] = 7;
    EXPECT_EQ(buffer, expected);
  }
  int value = 0;
  std::size_t short_room = 3;
  EXPECT_EQ(put_live_int(7, &value, &short_room).code, EINVAL);
  EXPECT_EQ(put_live_int(7, nullptr, &short_room).code, EINVAL);
  EXPECT_EQ(put_live_int(7, &value, nullptr).code, EINVAL);
}

TEST(SocketOptions, SubscriptionsAreForSubAndForPublishersInManualMode) {
  SocketOptions sub = fresh(kSub);
  EXPECT_EQ(set_octets(sub, kSub, option::subscribe, "topic"), 0);
  EXPECT_EQ(set_octets(sub, kSub, option::unsubscribe, ""), 0);
  EXPECT_EQ(set_option(sub, kSub, option::subscribe, nullptr, 0).code, 0);
  EXPECT_EQ(set_option(sub, kSub, option::subscribe, nullptr, 1).code, EINVAL);
  for (int type = 0; type < kTypes; ++type) {
    SocketOptions options = fresh(type);
    EXPECT_EQ(set_octets(options, type, option::subscribe, "a"), type == kSub ? 0 : EINVAL);
  }
  for (const int type : {kPub, kXpub}) {
    SocketOptions options = fresh(type);
    EXPECT_EQ(set_int(options, type, option::xpub_manual, 1), 0);
    EXPECT_EQ(set_octets(options, type, option::subscribe, "a"), 0);
    EXPECT_EQ(set_int(options, type, option::xpub_manual, 0), 0);
    EXPECT_EQ(set_octets(options, type, option::subscribe, "a"), EINVAL);
    EXPECT_EQ(set_int(options, type, option::xpub_manual_last_value, 1), 0);
    EXPECT_EQ(set_octets(options, type, option::unsubscribe, "a"), 0);
    EXPECT_EQ(set_int(options, type, option::xpub_manual, 0), 0);
    EXPECT_EQ(set_octets(options, type, option::subscribe, "a"), EINVAL);
  }
}

TEST(SocketOptions, VerboseAndVerboserEndEachOther) {
  SocketOptions options = fresh(kXpub);
  EXPECT_EQ(set_int(options, kXpub, option::xpub_verboser, 1), 0);
  EXPECT_TRUE(options.pattern.xpub_verboser);
  EXPECT_EQ(set_int(options, kXpub, option::xpub_verbose, 5), 0);
  EXPECT_TRUE(options.pattern.xpub_verbose);
  EXPECT_FALSE(options.pattern.xpub_verboser);
  EXPECT_EQ(set_int(options, kXpub, option::xpub_verboser, 0), 0);
  EXPECT_FALSE(options.pattern.xpub_verbose);
}

TEST(SocketOptions, PatternOptionsReachTheirFields) {
  SocketOptions options = fresh(kRouter);
  EXPECT_EQ(set_int(options, kRouter, option::router_mandatory, 7), 0);
  EXPECT_TRUE(options.pattern.router_mandatory);
  EXPECT_EQ(set_int(options, kRouter, option::router_notify, 3), 0);
  EXPECT_EQ(get_int(options, kRouter, option::router_notify), 3);
  EXPECT_EQ(set_int(options, kRouter, option::router_notify, 4), EINVAL);
  EXPECT_EQ(set_octets(options, kRouter, option::connect_routing_id, "peer"), 0);
  EXPECT_EQ(options.pattern.connect_routing_id, "peer");
  EXPECT_EQ(set_octets(options, kXpub, option::xpub_welcome_msg, "hello"), 0);
  EXPECT_EQ(options.pattern.xpub_welcome_msg, "hello");
  EXPECT_EQ(set_option(options, kXpub, option::xpub_welcome_msg, nullptr, 0).code, 0);
  EXPECT_EQ(options.pattern.xpub_welcome_msg, "");
  EXPECT_TRUE(options.pattern.stream_notify);
  EXPECT_EQ(set_int(options, kStream, option::stream_notify, 0), 0);
  EXPECT_FALSE(options.pattern.stream_notify);
  EXPECT_EQ(set_int(options, kDealer, option::priority, 6), 0);
  EXPECT_EQ(get_int(options, kDealer, option::priority), 6);
  EXPECT_EQ(set_int(options, kDealer, option::priority, -1), EINVAL);
}

TEST(SocketOptions, FiltersCollectUntilNullEmptiesThem) {
  SocketOptions options = fresh(kDealer);
  EXPECT_EQ(set_int(options, kDealer, option::ipc_filter_uid, 1000), 0);
  EXPECT_EQ(set_int(options, kDealer, option::ipc_filter_uid, -1), 0);
  EXPECT_EQ(options.ipc_filter_uids, (std::vector<uid_t>{1000, uid_t(-1)}));
  EXPECT_EQ(set_octets(options, kDealer, option::ipc_filter_uid, ""), EINVAL);
  EXPECT_EQ(set_option(options, kDealer, option::ipc_filter_uid, nullptr, 0).code, 0);
  EXPECT_TRUE(options.ipc_filter_uids.empty());
  EXPECT_EQ(set_octets(options, kDealer, option::tcp_accept_filter, "10.0.0.0/8"), 0);
  EXPECT_EQ(set_octets(options, kDealer, option::tcp_accept_filter, "127.0.0.1"), 0);
  EXPECT_EQ(set_octets(options, kDealer, option::tcp_accept_filter, "localhost"), EINVAL);
  EXPECT_EQ(options.tcp_accept_filters.size(), 2U);
  EXPECT_EQ(set_option(options, kDealer, option::tcp_accept_filter, nullptr, 0).code, 0);
  EXPECT_TRUE(options.tcp_accept_filters.empty());
}

TEST(SocketOptions, MetadataNeedsANameThatStartsWithXAndAValue) {
  SocketOptions options = fresh(kDealer);
  for (const char* good : {"X-a:b", "X-a:b:c", "X- a:b", "X-a:b "}) {
    EXPECT_EQ(set_octets(options, kDealer, option::metadata, good), 0) << good;
  }
  for (const char* bad : {"X-a:", "X-:b", "X:b", "x-a:b", "a:b", ":b", "X-a", ""}) {
    EXPECT_EQ(set_octets(options, kDealer, option::metadata, bad), EINVAL) << bad;
  }
  const std::string name_of_255 = "X-" + std::string(253, 'n');
  EXPECT_EQ(set_octets(options, kDealer, option::metadata, name_of_255 + ":v"), 0);
  EXPECT_EQ(set_octets(options, kDealer, option::metadata, name_of_255 + "n:v"), EINVAL);
}

using Entries = std::vector<std::pair<std::string, std::string>>;

TEST(SocketOptions, MetadataGoesInByteOrderAndTheFirstValueOfANameStays) {
  SocketOptions options = fresh(kDealer);
  for (const char* pair : {"X-b:1", "X-a:2", "X-b:3", "X-A:4", "X-\xff:5", "X-ab:6"}) {
    EXPECT_EQ(set_octets(options, kDealer, option::metadata, pair), 0) << pair;
  }
  EXPECT_EQ(options.metadata,
            (Entries{{"X-A", "4"}, {"X-a", "2"}, {"X-ab", "6"}, {"X-b", "1"}, {"X-\xff", "5"}}));
}

TEST(SocketOptions, MetadataIsCutAtANul) {
  SocketOptions options = fresh(kDealer);
  using namespace std::string_literals;
  for (const std::string& pair : {"X-a:b\0c"s, "X-b:\0"s, "X-c\0d:e"s, "X-c:f"s}) {
    EXPECT_EQ(set_octets(options, kDealer, option::metadata, pair), 0) << pair;
  }
  EXPECT_EQ(options.metadata, (Entries{{"X-a", "b"}, {"X-b", ""}, {"X-c", "e"}}));
}

TEST(SocketOptions, ACopyIsASnapshot) {
  SocketOptions options = fresh(kDealer);
  const SocketOptions copy = options;
  EXPECT_EQ(set_int(options, kDealer, option::sndhwm, 7), 0);
  EXPECT_EQ(set_octets(options, kDealer, option::routing_id, "id"), 0);
  EXPECT_EQ(copy.sndhwm, 1000);
  EXPECT_EQ(copy.routing_id, "");
}

}  // namespace
}  // namespace zmqng
