// Message: RAII over zmq_msg_t, and a buffer that counts how often its free function ran.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "api/support/outcome.h"
#include "api/support/wait.h"

namespace api_test {

class Message {
 public:
  Message() { EXPECT_EQ(zmq_msg_init(&raw_), 0); }
  explicit Message(std::string_view text) {
    EXPECT_EQ(zmq_msg_init_size(&raw_, text.size()), 0);
    if (!text.empty()) std::memcpy(zmq_msg_data(&raw_), text.data(), text.size());
  }
  // Adopts the memory: `free_function` will be called once with (data, hint).
  Message(void* data, size_t size, zmq_free_fn* free_function, void* hint) {
    EXPECT_EQ(zmq_msg_init_data(&raw_, data, size, free_function, hint), 0);
  }
  ~Message() { EXPECT_EQ(zmq_msg_close(&raw_), 0); }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  zmq_msg_t* get() { return &raw_; }
  size_t size() const { return zmq_msg_size(&raw_); }
  const void* data() { return zmq_msg_data(&raw_); }
  std::string text() { return {static_cast<const char*>(zmq_msg_data(&raw_)), size()}; }
  bool more() const { return zmq_msg_more(&raw_) != 0; }

  Outcome send(void* socket, int flags = 0) {
    return outcome_of(zmq_msg_send(&raw_, socket, flags));
  }
  Outcome recv(void* socket, int flags = 0) {
    return outcome_of(zmq_msg_recv(&raw_, socket, flags));
  }

 private:
  zmq_msg_t raw_;
};

// Memory given to messages; counts the calls of its free function. Outlives the context.
class CountedBuffer {
 public:
  explicit CountedBuffer(std::string content) : content_(std::move(content)) {}

  void* data() { return content_.data(); }
  size_t size() const { return content_.size(); }
  int freed() const { return freed_.load(); }
  // The release may happen in one of the library's threads, a moment later.
  [[nodiscard]] bool wait_freed_once() {
    return wait_until([&] { return freed() >= 1; }) && freed() == 1;
  }

  static void release(void* data, void* hint) {
    auto* self = static_cast<CountedBuffer*>(hint);
    EXPECT_EQ(data, self->content_.data());
    self->freed_.fetch_add(1);
  }

 private:
  std::string content_;
  std::atomic<int> freed_{0};
};

}  // namespace api_test
