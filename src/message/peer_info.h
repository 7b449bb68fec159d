// PeerInfo: what is known of the peer at the other end of one connection: its identity and the
// properties that zmq_msg_gets answers from. Immutable once shared.
//
// Owner:   refcounted: every message received from the connection may hold one, on any thread.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zmqng {

class PeerInfo {
 public:
  using Property = std::pair<std::string, std::string>;

  PeerInfo(std::string identity, std::vector<Property> properties, int fd)
      : identity_(std::move(identity)), properties_(std::move(properties)), fd_(fd) {}
  PeerInfo(const PeerInfo&) = delete;
  PeerInfo& operator=(const PeerInfo&) = delete;

  const std::string& identity() const { return identity_; }
  bool has_properties() const { return !properties_.empty(); }
  // The descriptor of the connection, for ZMQ_SRCFD; -1 if there is none.
  int fd() const { return fd_; }

  // The first property of that name (case matters), or nullptr. The text lives as long as this
  // object.
  const char* find(std::string_view name) const {
    for (const Property& property : properties_) {
      if (property.first == name) return property.second.c_str();
    }
    return nullptr;
  }

  PeerInfo* add_ref() {
    refs_.fetch_add(1, std::memory_order_relaxed);
    return this;
  }
  void drop() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~PeerInfo() = default;

  std::atomic<unsigned> refs_{1};
  std::string identity_;
  std::vector<Property> properties_;
  int fd_;
};

}  // namespace zmqng
