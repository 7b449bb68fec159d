#include "message/message.h"

namespace zmqng {

bool Message::resize(std::size_t size) {
  become_empty();
  if (size <= kInlineMax) {
    inline_size_ = static_cast<std::uint8_t>(size);
    return true;
  }
  std::uint8_t* data = nullptr;
  Body* body = make_heap_body(size, &data);
  if (body == nullptr) return false;
  adopt(body, data, size);
  return true;
}

bool Message::assign(Bytes content) {
  if (!resize(content.size())) return false;
  if (!content.empty()) std::memcpy(data(), content.data(), content.size());
  return true;
}

void Message::adopt(Body* body, const std::uint8_t* data, std::size_t size) {
  become_empty();
  kind_ = Kind::body;
  outer_.data = const_cast<std::uint8_t*>(data);
  outer_.size = size;
  outer_.body = body;
}

bool Message::outlast_moment() {
  if (!is_momentary() || !is_constant()) return true;
  const Bytes content = bytes();
  return assign(content);
}

void Message::share(Message& source) {
  if (this == &source) return;
  CHECK(!source.is_momentary());
  release();
  if (source.kind_ == Kind::body) {
    source.outer_.body->add_ref();
    source.set_flag(kShared, true);
  }
  std::memcpy(static_cast<void*>(this), static_cast<const void*>(&source), sizeof *this);
  if (peer_ != nullptr) peer_->add_ref();
}

Body* Message::release_body() {
  CHECK(kind_ == Kind::body);
  Body* body = outer_.body;
  kind_ = Kind::inlined;
  inline_size_ = 0;
  flags_ = static_cast<std::uint8_t>(flags_ & ~(kShared | kUserData));
  return body;
}

}  // namespace zmqng
