// Monitor: the events of one socket, in order, by name and with deadlines.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "api/support/socket.h"

namespace api_test {

struct Event {
  int id = 0;
  uint32_t value = 0;
  std::string address;
};

inline std::string event_name(int id) {
  switch (id) {
    case ZMQ_EVENT_CONNECTED:
      return "CONNECTED";
    case ZMQ_EVENT_CONNECT_DELAYED:
      return "CONNECT_DELAYED";
    case ZMQ_EVENT_CONNECT_RETRIED:
      return "CONNECT_RETRIED";
    case ZMQ_EVENT_LISTENING:
      return "LISTENING";
    case ZMQ_EVENT_BIND_FAILED:
      return "BIND_FAILED";
    case ZMQ_EVENT_ACCEPTED:
      return "ACCEPTED";
    case ZMQ_EVENT_ACCEPT_FAILED:
      return "ACCEPT_FAILED";
    case ZMQ_EVENT_CLOSED:
      return "CLOSED";
    case ZMQ_EVENT_CLOSE_FAILED:
      return "CLOSE_FAILED";
    case ZMQ_EVENT_DISCONNECTED:
      return "DISCONNECTED";
    case ZMQ_EVENT_MONITOR_STOPPED:
      return "MONITOR_STOPPED";
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
      return "HANDSHAKE_FAILED_NO_DETAIL";
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return "HANDSHAKE_SUCCEEDED";
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return "HANDSHAKE_FAILED_PROTOCOL";
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      return "HANDSHAKE_FAILED_AUTH";
    default:
      return "event " + std::to_string(id);
  }
}

inline std::ostream& operator<<(std::ostream& out, const Event& event) {
  return out << event_name(event.id) << " " << event.value << " '" << event.address << "'";
}

class Monitor {
 public:
  Monitor(void* context, Socket& watched, int events = ZMQ_EVENT_ALL)
      : name_("inproc://monitor-" + unique_name()), reader_(context, ZMQ_PAIR) {
    EXPECT_EQ(outcome_of(zmq_socket_monitor(watched, name_.c_str(), events)), ok);
    reader_.connect(name_);
  }

  const std::string& name() const { return name_; }
  Socket& reader() { return reader_; }

  // The next event, or nothing within the limit.
  std::optional<Event> try_next(std::chrono::milliseconds limit = deadline) {
    const auto frames = reader_.recv_within(limit);
    if (!frames) return std::nullopt;
    EXPECT_EQ(frames->size(), 2u);
    if (frames->size() != 2) return std::nullopt;
    EXPECT_EQ((*frames)[0].size(), 6u);
    uint16_t id = 0;
    Event event;
    std::memcpy(&id, (*frames)[0].data(), sizeof id);
    std::memcpy(&event.value, (*frames)[0].data() + sizeof id, sizeof event.value);
    event.id = id;
    event.address = (*frames)[1];
    return event;
  }

  // The next event must be this one.
  Event expect(int id) {
    const auto event = try_next();
    if (!event) {
      ADD_FAILURE() << "no event within the deadline, expected " << event_name(id);
      return {};
    }
    EXPECT_EQ(event_name(event->id), event_name(id)) << *event;
    return *event;
  }
  Event expect(int id, const std::string& address) {
    Event event = expect(id);
    EXPECT_EQ(event.address, address) << event_name(id);
    return event;
  }
  // The next events must be these, all with this address.
  void expect_all(std::initializer_list<int> ids, const std::string& address) {
    for (const int id : ids) {
      if (expect(id, address).id != id) return;
    }
  }
  // Reads on until the event comes; false when it does not.
  [[nodiscard]] bool wait_for(int id, Event* found = nullptr) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (std::chrono::steady_clock::now() < end) {
      const auto event = try_next(std::chrono::milliseconds{100});
      if (!event || event->id != id) continue;
      if (found != nullptr) *found = *event;
      return true;
    }
    return false;
  }
  // Everything that is there now.
  std::vector<Event> drain() {
    std::vector<Event> events;
    while (auto event = try_next(std::chrono::milliseconds{0})) events.push_back(*event);
    return events;
  }

 private:
  std::string name_;
  Socket reader_;
};

}  // namespace api_test
