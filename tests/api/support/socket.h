// Context and Socket: RAII over the C API, with deadlines, for tests.
//
// A Socket starts with RCVTIMEO and SNDTIMEO at the deadline, so no test hangs; its destructor
// closes with LINGER 0, close() with the LINGER the test has chosen. The Context must be
// declared first: its destructor waits for all sockets.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/support/outcome.h"
#include "api/support/transport.h"
#include "api/support/wait.h"

namespace api_test {

using Frames = std::vector<std::string>;

class Context {
 public:
  Context() : handle_(zmq_ctx_new()) {}
  ~Context() { term(); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  operator void*() const { return handle_; }

  void term() {
    if (handle_ == nullptr) return;
    while (zmq_ctx_term(handle_) == -1 && zmq_errno() == EINTR) {
    }
    handle_ = nullptr;
  }

 private:
  void* handle_;
};

class Socket {
 public:
  Socket(void* context, int type) : handle_(zmq_socket(context, type)) {
    if (handle_ == nullptr) {
      ADD_FAILURE() << "zmq_socket: " << Outcome{zmq_errno()};
      return;
    }
    const auto limit = static_cast<int>(deadline.count());
    set(ZMQ_RCVTIMEO, limit);
    set(ZMQ_SNDTIMEO, limit);
  }
  ~Socket() {
    if (handle_ == nullptr) return;
    const int none = 0;
    zmq_setsockopt(handle_, ZMQ_LINGER, &none, sizeof none);
    close();
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  operator void*() const { return handle_; }

  void close() {
    if (handle_ != nullptr) {
      EXPECT_EQ(outcome_of(zmq_close(handle_)), ok);
    }
    handle_ = nullptr;
  }

  // Options. The set() that a test relies on must succeed; try_set() answers how it went.
  Outcome try_set(int option, int value) {
    return outcome_of(zmq_setsockopt(handle_, option, &value, sizeof value));
  }
  Outcome try_set(int option, std::string_view value) {
    return outcome_of(zmq_setsockopt(handle_, option, value.data(), value.size()));
  }
  Outcome try_set64(int option, int64_t value) {
    return outcome_of(zmq_setsockopt(handle_, option, &value, sizeof value));
  }
  Socket& set(int option, int value) {
    EXPECT_EQ(try_set(option, value), ok) << "option " << option;
    return *this;
  }
  Socket& set(int option, std::string_view value) {
    EXPECT_EQ(try_set(option, value), ok) << "option " << option;
    return *this;
  }
  Socket& set64(int option, int64_t value) {
    EXPECT_EQ(try_set64(option, value), ok) << "option " << option;
    return *this;
  }
  int get_int(int option) const {
    int value = 0;
    size_t size = sizeof value;
    EXPECT_EQ(outcome_of(zmq_getsockopt(handle_, option, &value, &size)), ok)
        << "option " << option;
    return value;
  }
  // The octets as delivered: a string option's closing NUL included.
  std::string get_octets(int option) const {
    std::string value(1024, '\0');
    size_t size = value.size();
    EXPECT_EQ(outcome_of(zmq_getsockopt(handle_, option, value.data(), &size)), ok)
        << "option " << option;
    value.resize(size);
    return value;
  }
  std::string get_text(int option) const {
    std::string value = get_octets(option);
    if (!value.empty()) value.pop_back();
    return value;
  }
  std::string last_endpoint() const { return get_text(ZMQ_LAST_ENDPOINT); }
  int events() const { return get_int(ZMQ_EVENTS); }
  bool readable() const { return (events() & ZMQ_POLLIN) != 0; }
  bool writable() const { return (events() & ZMQ_POLLOUT) != 0; }

  // Endpoints.
  Outcome try_bind(const std::string& endpoint) {
    return outcome_of(zmq_bind(handle_, endpoint.c_str()));
  }
  Outcome try_connect(const std::string& endpoint) {
    return outcome_of(zmq_connect(handle_, endpoint.c_str()));
  }
  Outcome try_unbind(const std::string& endpoint) {
    return outcome_of(zmq_unbind(handle_, endpoint.c_str()));
  }
  Outcome try_disconnect(const std::string& endpoint) {
    return outcome_of(zmq_disconnect(handle_, endpoint.c_str()));
  }
  void bind(const std::string& endpoint) { EXPECT_EQ(try_bind(endpoint), ok) << endpoint; }
  void connect(const std::string& endpoint) { EXPECT_EQ(try_connect(endpoint), ok) << endpoint; }
  void unbind(const std::string& endpoint) { EXPECT_EQ(try_unbind(endpoint), ok) << endpoint; }
  void disconnect(const std::string& endpoint) {
    EXPECT_EQ(try_disconnect(endpoint), ok) << endpoint;
  }
  // Binds to a fresh endpoint and returns where to connect to.
  std::string bind_any(Transport transport) {
    bind(bindable_endpoint(transport));
    return last_endpoint();
  }

  // One frame, and how it went.
  Outcome try_send(std::string_view frame, int flags = ZMQ_DONTWAIT) {
    int rc;
    do {
      rc = zmq_send(handle_, frame.data(), frame.size(), flags);
    } while (rc == -1 && zmq_errno() == EINTR && (flags & ZMQ_DONTWAIT) == 0);
    if (rc != -1) {
      EXPECT_EQ(static_cast<size_t>(rc), frame.size());
    }
    return outcome_of(rc);
  }
  // A whole message; waits for room up to the deadline. Stops at the first failure.
  Outcome try_send_all(const Frames& frames, int flags = 0) {
    for (size_t i = 0; i < frames.size(); ++i) {
      const int more = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
      if (const Outcome out = try_send(frames[i], flags | more); out != ok) return out;
    }
    return ok;
  }
  void send(std::string_view frame) { EXPECT_EQ(try_send(frame, 0), ok); }
  void send_all(const Frames& frames) { EXPECT_EQ(try_send_all(frames), ok); }

  // A whole message, or nothing when none comes within the limit (0: only what is there now).
  std::optional<Frames> recv_within(std::chrono::milliseconds limit) {
    if (!wait_readable(limit)) return std::nullopt;
    return recv();
  }
  std::optional<Frames> try_recv() {
    Frames frames;
    if (recv_into(frames, ZMQ_DONTWAIT) != ok) return std::nullopt;
    return frames;
  }
  // A whole message that must come; empty (and a failed test) when it doesn't.
  Frames recv() {
    Frames frames;
    // A test that has failed already does not wait long for the consequences.
    const bool hurry =
        testing::Test::HasFailure() && !wait_readable(std::chrono::milliseconds{200});
    const Outcome out = recv_into(frames, hurry ? ZMQ_DONTWAIT : 0);
    EXPECT_EQ(out, ok) << "no message within the deadline";
    return frames;
  }
  // The only frame of a message that must come.
  std::string recv_one() {
    Frames frames = recv();
    EXPECT_EQ(frames.size(), 1u) << "single frame expected";
    return frames.empty() ? std::string{} : frames.front();
  }
  // `count` messages of one frame each, in order of arrival.
  Frames recv_many(size_t count) {
    Frames all;
    while (all.size() < count && !testing::Test::HasFailure()) all.push_back(recv_one());
    return all;
  }
  Outcome recv_into(Frames& frames, int flags) {
    frames.clear();
    zmq_msg_t part;
    zmq_msg_init(&part);
    Outcome out;
    do {
      do {
        out = outcome_of(zmq_msg_recv(&part, handle_, flags));
      } while (out == Outcome{EINTR});
      if (out != ok) break;
      frames.emplace_back(static_cast<const char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
    } while (zmq_msg_more(&part) != 0);
    zmq_msg_close(&part);
    return out;
  }

  // Waiting for readiness, up to the deadline.
  [[nodiscard]] bool wait_for_events(int mask, std::chrono::milliseconds limit = deadline) {
    const auto end = std::chrono::steady_clock::now() + limit;
    zmq_pollitem_t item{handle_, 0, static_cast<short>(mask), 0};
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      const long wait = left.count() > 0 ? static_cast<long>(left.count()) : 0;
      if (zmq_poll(&item, 1, wait) > 0) return true;
      if (wait == 0) return false;
    }
  }
  [[nodiscard]] bool wait_readable(std::chrono::milliseconds limit = deadline) {
    return wait_for_events(ZMQ_POLLIN, limit);
  }
  [[nodiscard]] bool wait_writable(std::chrono::milliseconds limit = deadline) {
    return wait_for_events(ZMQ_POLLOUT, limit);
  }
  // True when nothing can be received now nor during the quiet time.
  [[nodiscard]] bool stays_silent(std::chrono::milliseconds limit = quiet_time) {
    return !wait_readable(limit);
  }

 private:
  void* handle_;
};

// Sends without waiting until the answer is no longer ok; returns how many went, at most `limit`.
inline int fill(Socket& socket, int limit, std::string_view prefix = "m") {
  int sent = 0;
  while (sent < limit) {
    const std::string frame = std::string(prefix) + std::to_string(sent);
    if (socket.try_send(frame) != ok) break;
    ++sent;
  }
  return sent;
}

// A message with text of any length whose octets depend on their place.
inline std::string pattern_text(size_t size, unsigned seed = 0) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 131 + (i >> 8) + seed) & 0xff);
  return text;
}

}  // namespace api_test
