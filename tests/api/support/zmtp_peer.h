// ZmtpPeer: a hand-made ZMTP 3 peer over TCP that can misbehave, with deadlines.
//
// Its system calls go to the kernel directly, past any library that fails them on purpose.
#pragma once

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/support/plain_tcp.h"

namespace api_test {

inline std::string zmtp_greeting(int major = 3, int minor = 1) {
  std::string greeting("\xff\0\0\0\0\0\0\0\0\x7f", 10);
  greeting += static_cast<char>(major);
  greeting += static_cast<char>(minor);
  greeting += "NULL";
  greeting.resize(64, '\0');
  return greeting;
}

struct ZmtpFrame {
  int flags = 0;  // 1: more, 2: long, 4: command
  std::string body;
};

inline std::string zmtp_frame(int flags, std::string_view body) {
  std::string frame;
  if (body.size() < 256) {
    frame += static_cast<char>(flags);
    frame += static_cast<char>(body.size());
  } else {
    frame += static_cast<char>(flags | 2);
    for (int shift = 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>((static_cast<uint64_t>(body.size()) >> shift) & 0xff);
    }
  }
  return frame.append(body);
}

inline std::string zmtp_command(std::string_view name, std::string_view data) {
  std::string body(1, static_cast<char>(name.size()));
  return zmtp_frame(4, body.append(name).append(data));
}

inline std::string zmtp_property(std::string_view name, std::string_view value) {
  std::string text(1, static_cast<char>(name.size()));
  text.append(name);
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += static_cast<char>((value.size() >> shift) & 0xff);
  }
  return text.append(value);
}

inline std::string zmtp_ready(std::string_view socket_type, std::string_view identity = "") {
  return zmtp_command(
      "READY", zmtp_property("Socket-Type", socket_type) + zmtp_property("Identity", identity));
}

class ZmtpPeer {
 public:
  explicit ZmtpPeer(PlainTcp connection) : connection_(std::move(connection)) {
    const int on = 1;  // small pieces must not wait for each other's acknowledgement
    ::syscall(SYS_setsockopt, fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  static ZmtpPeer connect(const std::string& endpoint) {
    return ZmtpPeer{PlainTcp::connect(endpoint)};
  }

  // Greeting and READY both ways; false when the other side does not play along.
  [[nodiscard]] bool handshake(std::string_view socket_type, std::string_view identity = "") {
    send(zmtp_greeting());
    if (recv(64).size() != 64) return false;
    send(zmtp_ready(socket_type, identity));
    const auto ready = recv_frame();
    return ready && ready->flags == 4 && ready->body.substr(0, 6) == "\5READY";
  }

  // Sends as much as the other side lets in; false when it is gone.
  bool send(std::string_view octets) {
    while (!octets.empty()) {
      const long sent =
          ::syscall(SYS_sendto, fd(), octets.data(), octets.size(), MSG_NOSIGNAL, nullptr, 0);
      if (sent <= 0) return false;
      octets.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  bool send_message(std::string_view text) { return send(zmtp_frame(0, text)); }

  // Up to `size` octets: fewer at the end of the stream or of the time.
  std::string recv(size_t size, std::chrono::milliseconds limit = deadline) {
    const auto end = std::chrono::steady_clock::now() + limit;
    std::string octets;
    while (octets.size() < size) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (!connection_.wait_readable(std::max(left, std::chrono::milliseconds{0}))) break;
      std::string chunk(size - octets.size(), '\0');
      const long got = ::syscall(SYS_recvfrom, fd(), chunk.data(), chunk.size(), 0, nullptr, 0);
      if (got <= 0) break;
      octets.append(chunk, 0, static_cast<size_t>(got));
    }
    return octets;
  }
  std::optional<ZmtpFrame> recv_frame(std::chrono::milliseconds limit = deadline) {
    std::string head = recv(2, limit);
    if (head.size() != 2) return std::nullopt;
    ZmtpFrame frame;
    frame.flags = static_cast<unsigned char>(head[0]);
    uint64_t size = static_cast<unsigned char>(head[1]);
    if ((frame.flags & 2) != 0) {
      for (const char octet : recv(7)) size = size << 8 | static_cast<unsigned char>(octet);
    }
    frame.body = recv(size);
    if (frame.body.size() != size) return std::nullopt;
    return frame;
  }
  // Reads on until a frame with this body start comes.
  std::optional<ZmtpFrame> recv_frame_like(std::string_view start) {
    while (auto frame = recv_frame()) {
      if (frame->body.substr(0, start.size()) == start) return frame;
    }
    return std::nullopt;
  }
  // Drops what comes until the other side closes.
  [[nodiscard]] bool wait_closed(std::chrono::milliseconds limit = deadline) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
      if (!connection_.wait_readable(std::chrono::milliseconds{50})) continue;
      char octets[4096];
      if (::syscall(SYS_recvfrom, fd(), octets, sizeof octets, 0, nullptr, 0) <= 0) return true;
    }
    return false;
  }
  // Nothing is readable, not even an end of stream, all through the limit.
  [[nodiscard]] bool stays_quiet(std::chrono::milliseconds limit = quiet_time) const {
    return !connection_.wait_readable(limit);
  }
  void close() { connection_.close(); }
  // Closes with a reset instead of an orderly end.
  void reset() {
    const linger hard{1, 0};
    ::syscall(SYS_setsockopt, fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    connection_.close();
  }
  int fd() const { return connection_.fd(); }

 private:
  PlainTcp connection_;
};

}  // namespace api_test
