// Message: what stands in a zmq_msg_t: 48 bytes inline, or a slice of a Body.
//
// Owner:   whoever holds the 64 bytes; moved, never copied implicitly.
// Threads: one at a time; the Body and PeerInfo behind it are refcounted and may be shared.
// Layout:  | inline bytes, or data pointer + size + Body* | PeerInfo* | kind, flags, size, - | aux
// |
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "message/body.h"
#include "message/peer_info.h"

namespace zmqng {

class Message {
 public:
  static constexpr std::size_t kInlineMax = 48;

  // What a received frame is; everything but `data` stays inside the library.
  enum class Role : std::uint8_t { data, subscribe, cancel };

  Message() : kind_(Kind::inlined) {}
  Message(Message&& other) noexcept { steal(other); }
  Message& operator=(Message&& other) noexcept {
    if (this != &other) {
      release();
      steal(other);
    }
    return *this;
  }
  ~Message() { release(); }

  // False for memory that was never initialized or is closed: the C API then answers EFAULT.
  bool is_valid() const {
    return kind_ == Kind::inlined || kind_ == Kind::body || kind_ == Kind::constant;
  }

  // Ends the life of a Message inside a zmq_msg_t; only a new initialization revives it.
  void close() {
    release();
    kind_ = Kind::closed;
    flags_ = 0;
  }

  std::uint8_t* data() { return kind_ == Kind::inlined ? inline_ : outer_.data; }
  std::size_t size() const { return kind_ == Kind::inlined ? inline_size_ : outer_.size; }
  Bytes bytes() const { return {kind_ == Kind::inlined ? inline_ : outer_.data, size()}; }

  // Replaces the content by `size` uninitialized bytes. False: no memory, the message is then
  // empty.
  bool resize(std::size_t size);
  // Replaces the content by a copy. False: no memory.
  bool assign(Bytes content);
  // Replaces the content by a slice of `body`, taking over one count of it.
  void adopt(Body* body, const std::uint8_t* data, std::size_t size);
  // The same for memory of the application, which asked for it not to be copied.
  void adopt_user_data(Body* body, const std::uint8_t* data, std::size_t size) {
    adopt(body, data, size);
    set_flag(kUserData, true);
  }
  // Replaces the content by memory that outlives every use, such as zmq_send_const's.
  // A momentary message: memory that lasts as long as it does.
  void refer_to_constant(const void* data, std::size_t size) {
    become_empty();
    kind_ = Kind::constant;
    outer_.data = static_cast<std::uint8_t*>(const_cast<void*>(data));
    outer_.size = size;
    outer_.body = nullptr;
  }
  // Makes this message a second reader of `source`'s content.
  void share(Message& source);

  bool is_inline() const { return kind_ == Kind::inlined; }
  bool is_constant() const { return kind_ == Kind::constant; }
  // The application wants this very memory to travel, however small it is.
  bool must_not_be_copied() const { return (flags_ & kUserData) != 0 || is_constant(); }
  Body* body() const { return kind_ == Kind::body ? outer_.body : nullptr; }
  // Gives the count on the Body to the caller and becomes empty.
  Body* release_body();

  // Said before receiving: the content is wanted for a moment only, so it may stay in the memory
  // that it came in, however small it is.
  bool is_brief() const { return (flags_ & kBrief) != 0; }
  void set_brief() { set_flag(kBrief, true); }

  // Said before receiving: the content is wanted at once and no longer, and without whose it is, so
  // it may stay where it is found.
  bool is_momentary() const { return (flags_ & kMomentary) != 0; }
  void set_momentary() { set_flag(kMomentary, true); }
  // The moment lasts longer: copies what does not stay. False: no memory, the message is empty.
  bool outlast_moment();

  bool has_more() const { return (flags_ & kMore) != 0; }
  void set_more(bool more) { set_flag(kMore, more); }
  bool is_shared_copy() const { return (flags_ & kShared) != 0; }
  Role role() const { return role_; }
  void set_role(Role role) { role_ = role; }

  PeerInfo* peer() const { return peer_; }
  // Takes a count of its own.
  void set_peer(PeerInfo* peer) {
    if (peer == peer_) return;
    if (peer_ != nullptr) peer_->drop();
    peer_ = peer != nullptr ? peer->add_ref() : nullptr;
  }

 private:
  // Unlikely values, so that memory which was never initialized is noticed.
  enum class Kind : std::uint8_t { closed = 0x5c, inlined = 0xa1, body = 0xa2, constant = 0xa3 };
  static constexpr std::uint8_t kMore = 1;
  static constexpr std::uint8_t kShared = 2;
  static constexpr std::uint8_t kUserData = 4;
  static constexpr std::uint8_t kBrief = 8;
  static constexpr std::uint8_t kMomentary = 16;

  struct Outer {
    std::uint8_t* data;
    std::size_t size;
    Body* body;
  };

  void set_flag(std::uint8_t flag, bool on) {
    flags_ = static_cast<std::uint8_t>(on ? flags_ | flag : flags_ & ~flag);
  }

  // Frees what is held; the fields that say so are left for the caller to overwrite.
  void release() {
    if (kind_ == Kind::body) outer_.body->drop();
    if (peer_ != nullptr) {
      peer_->drop();
      peer_ = nullptr;
    }
  }

  void become_empty() {
    if (kind_ == Kind::body) outer_.body->drop();
    kind_ = Kind::inlined;
    inline_size_ = 0;
    flags_ = static_cast<std::uint8_t>(flags_ & ~(kShared | kUserData));
  }

  void steal(Message& other) {
    std::memcpy(static_cast<void*>(this), static_cast<const void*>(&other), sizeof *this);
    other.kind_ = Kind::inlined;
    other.inline_size_ = 0;
    other.flags_ = 0;
    other.role_ = Role::data;
    other.peer_ = nullptr;
  }

  union {
    std::uint8_t inline_[kInlineMax];
    Outer outer_;
  };
  PeerInfo* peer_ = nullptr;
  Kind kind_;
  std::uint8_t flags_ = 0;
  std::uint8_t inline_size_ = 0;
  Role role_ = Role::data;
  [[maybe_unused]] std::uint32_t reserved_ =
      0;  // keeps the size of zmq_msg_t; draft routing ids will live here
};

static_assert(sizeof(Message) == 64);
static_assert(alignof(Message) == 8);

}  // namespace zmqng
