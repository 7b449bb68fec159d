// A YPipe with both of its sides in the test.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipe/ypipe.h"

namespace zmqng {

inline void count_up(void*, void* hint) {
  ++*static_cast<int*>(hint);
}

// A YPipe with both of its sides in the test. Records read as "frame abc", "more abc", "end", ...
class YPipeBench {
 public:
  void frame(std::string_view body, bool more = false) {
    ASSERT_TRUE(pipe.append_frame(as_bytes(body), more));
  }
  // The body is counted in `freed` once it is freed.
  void referenced(std::string_view body, bool more = false) {
    const Bytes bytes = as_bytes(body);
    Body* owner = make_user_body(nullptr, count_up, &freed);
    ASSERT_TRUE(pipe.append_referenced({bytes.data(), bytes.size(), owner}, more));
  }
  void subscription(bool subscribe, std::string_view topic) {
    ASSERT_TRUE(pipe.append_subscription(subscribe, as_bytes(topic)));
  }
  void send(std::string_view body) {
    frame(body);
    (void)pipe.publish();
  }

  // Takes the next record. Nothing: none is there.
  std::optional<std::string> next() {
    Record record;
    if (!pipe.front(record)) return std::nullopt;
    std::string text = describe(record);
    YPipe::release(record);
    writer_is_told = pipe.pop(record);
    return text;
  }
  std::vector<std::string> all() {
    std::vector<std::string> texts;
    while (auto text = next()) texts.push_back(*text);
    return texts;
  }

  static std::string describe(const Record& record) {
    const std::string payload(as_text(record.payload));
    switch (record.kind) {
      case Record::Kind::frame:
        return (record.has_more ? "more " : "frame ") + payload;
      case Record::Kind::referenced:
        return (record.has_more ? "more by reference " : "by reference ") + payload;
      case Record::Kind::subscribe:
        return "subscribe " + payload;
      case Record::Kind::cancel:
        return "cancel " + payload;
      case Record::Kind::peer:
        return "peer " + record.peer->identity();
      case Record::Kind::restart:
        return "restart";
      case Record::Kind::end:
        return "end";
    }
    return "?";
  }

  YPipe pipe;
  bool writer_is_told = false;
  int freed = 0;
};

using Texts = std::vector<std::string>;

}  // namespace zmqng
