// Properties: the metadata two peers exchange in the handshake, an ordered list of name and value,
// kept in its wire form (`u8 name length, name, u32be value length, value`, repeated) because that
// is one allocation per connection and no larger than what the peer sent.
//
// Owner:   whoever holds it; a value. Threads: the owner's.
// Holds:   wire() is always well formed: it comes from parse() or grew by add().
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "security/octets.h"

namespace zmqng {

struct Property {
  std::string_view name;
  Bytes value;
};

class Properties {
 public:
  // Walks the list; the views it gives live as long as the list stays unchanged.
  class Iterator {
   public:
    explicit Iterator(const std::uint8_t* at) : at_(at) {}
    Property operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator&) const = default;

   private:
    const std::uint8_t* at_;
  };

  // Nothing if a name or value runs past the end or octets are left over. Empty names, repeated
  // names and names in any case are fine, as they are for libzmq.
  static std::optional<Properties> parse(Bytes wire);

  // The name has at most 255 octets.
  void add(std::string_view name, Bytes value);

  // The first value under exactly this name: case counts and later duplicates do not.
  std::optional<Bytes> find(std::string_view name) const;

  bool empty() const { return wire_.empty(); }
  Iterator begin() const { return Iterator{wire_.data()}; }
  Iterator end() const { return Iterator{wire_.data() + wire_.size()}; }
  Bytes wire() const { return wire_; }

 private:
  Octets wire_;
};

}  // namespace zmqng
