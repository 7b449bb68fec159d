#include "transport/socket_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "sockets.h"

namespace zmqng {
namespace {

using Status = IoResult::Status;

std::pair<SocketStream, Fd> make_pair() {
  int fds[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
  return {SocketStream(Fd(fds[0])), Fd(fds[1])};
}

TEST(SocketStream, MovesBytesBothWays) {
  auto [stream, peer] = make_pair();
  EXPECT_EQ(stream.write(as_bytes("hello")).bytes, 5u);
  std::array<char, 8> text;
  EXPECT_EQ(::read(peer.get(), text.data(), text.size()), 5);
  ASSERT_EQ(::write(peer.get(), "abc", 3), 3);
  std::array<std::uint8_t, 2> first;
  const IoResult partly = stream.read(first);
  EXPECT_TRUE(partly.is_done());
  EXPECT_EQ(partly.bytes, 2u);
  std::array<std::uint8_t, 2> rest;
  EXPECT_EQ(stream.read(rest).bytes, 1u);
  EXPECT_EQ(rest[0], 'c');
}

TEST(SocketStream, GathersWhatItWrites) {
  auto [stream, peer] = make_pair();
  char one[] = "one";
  char two[] = "two";
  const iovec parts[] = {{one, 3}, {two, 3}};
  EXPECT_EQ(stream.write(parts, 2).bytes, 6u);
  std::array<char, 8> text;
  ASSERT_EQ(::read(peer.get(), text.data(), text.size()), 6);
  EXPECT_EQ(std::string_view(text.data(), 6), "onetwo");
}

TEST(SocketStream, NothingToReadIsNotAnError) {
  auto [stream, peer] = make_pair();
  std::uint8_t octet;
  EXPECT_EQ(stream.read({&octet, 1}).status, Status::try_later);
}

TEST(SocketStream, AFullBufferIsNotAnError) {
  auto [stream, peer] = make_pair();
  const std::vector<std::uint8_t> block(65536);
  IoResult result;
  do result = stream.write(Bytes(block));
  while (result.is_done());
  EXPECT_EQ(result.status, Status::try_later);
  EXPECT_GT(stream.pending_output(), 0u);
}

TEST(SocketStream, AnOrderlyEndIsTold) {
  auto [stream, peer] = make_pair();
  peer.reset();
  std::uint8_t octet;
  const IoResult result = stream.read({&octet, 1});
  EXPECT_EQ(result.status, Status::closed);
  EXPECT_EQ(result.end_error(), EPIPE);
}

TEST(SocketStream, WritingToAClosedPeerIsALossWithoutASignal) {
  auto [stream, peer] = make_pair();
  peer.reset();
  const IoResult result = stream.write(as_bytes("x"));
  EXPECT_EQ(result.status, Status::lost);
  EXPECT_EQ(result.end_error(), EPIPE);
}

TEST(SocketStream, EveryOtherErrnoIsALoss) {
  SocketStream stream{Fd(-1)};
  std::uint8_t octet;
  EXPECT_EQ(stream.read({&octet, 1}).error, EBADF);
  EXPECT_EQ(stream.write(as_bytes("x")).status, Status::lost);
  EXPECT_EQ(stream.pending_output(), 0u);
  EXPECT_EQ(stream.peer_address(), "");
  stream.shutdown_write();
}

TEST(SocketStream, EndingOurSideLeavesTheOtherOpen) {
  auto [stream, peer] = make_pair();
  EXPECT_TRUE(stream.write(as_bytes("last")).is_done());
  stream.shutdown_write();
  std::array<char, 8> text;
  EXPECT_EQ(::read(peer.get(), text.data(), text.size()), 4);
  EXPECT_EQ(::read(peer.get(), text.data(), text.size()), 0);
  ASSERT_EQ(::write(peer.get(), "y", 1), 1);
  std::uint8_t octet;
  EXPECT_TRUE(stream.read({&octet, 1}).is_done());
}

}  // namespace
}  // namespace zmqng
