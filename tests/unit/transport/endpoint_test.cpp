#include "transport/endpoint.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "transport/transport.h"

namespace zmqng {
namespace {

TEST(Endpoint, SplitsAtTheFirstSeparator) {
  const auto endpoint = parse_endpoint("inproc://tcp://x:1");
  ASSERT_TRUE(endpoint.ok());
  EXPECT_EQ(endpoint.value().scheme, "inproc");
  EXPECT_EQ(endpoint.value().address, "tcp://x:1");
  EXPECT_EQ(endpoint.value().text(), "inproc://tcp://x:1");
}

TEST(Endpoint, KeepsBlanksAndSlashesOfTheAddress) {
  EXPECT_EQ(parse_endpoint("inproc:// ").value().address, " ");
  EXPECT_EQ(parse_endpoint("inproc:///////").value().address, "/////");
}

TEST(Endpoint, RefusesEveryMalformedString) {
  for (const char* text : {"", " ", "tcp", "tcp:", "tcp:/", "tcp://", "://", "://127.0.0.1:5555",
                           "tcp:/127.0.0.1:5555", "tcp:127.0.0.1:5555", "tcp:\\\\127.0.0.1:5555",
                           "ipc://", "inproc:/a"}) {
    EXPECT_EQ(parse_endpoint(text).error(), EINVAL) << text;
  }
}

TEST(TransportTable, KnowsItsSchemesInLowerCaseOnly) {
  EXPECT_STREQ(find_transport("tcp")->scheme(), "tcp");
  EXPECT_STREQ(find_transport("ipc")->scheme(), "ipc");
  for (const char* scheme : {"TCP", "Tcp", " tcp", "tcp ", "foo", "http", "IPC", "", "inproc"}) {
    EXPECT_EQ(find_transport(scheme), nullptr) << scheme;
  }
}

}  // namespace
}  // namespace zmqng
