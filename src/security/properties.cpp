#include "security/properties.h"

#include "base/check.h"

namespace zmqng {
namespace {

// Octets of the property at the front of `wire`, 0 if it is cut.
std::size_t property_bytes(Bytes wire) {
  const std::size_t name_size = wire[0];
  const std::size_t head = 1 + name_size + 4;
  if (wire.size() < head) return 0;
  const std::size_t value_size = load_be32(wire.data() + 1 + name_size);
  if (value_size > wire.size() - head) return 0;
  return head + value_size;
}

}  // namespace

Property Properties::Iterator::operator*() const {
  const std::size_t name_size = at_[0];
  const std::uint8_t* value = at_ + 1 + name_size + 4;
  return {as_text(Bytes{at_ + 1, name_size}), Bytes{value, load_be32(value - 4)}};
}

Properties::Iterator& Properties::Iterator::operator++() {
  const Bytes value = (**this).value;
  at_ = value.data() + value.size();
  return *this;
}

std::optional<Properties> Properties::parse(Bytes wire) {
  for (Bytes rest = wire; !rest.empty();) {
    const std::size_t size = property_bytes(rest);
    if (size == 0) return std::nullopt;
    rest = rest.subspan(size);
  }
  Properties parsed;
  parsed.wire_.assign(wire.begin(), wire.end());
  return parsed;
}

void Properties::add(std::string_view name, Bytes value) {
  CHECK(name.size() <= 255);
  CHECK(value.size() <= UINT32_MAX);
  std::uint8_t value_size[4];
  store_be32(value_size, static_cast<std::uint32_t>(value.size()));
  wire_.push_back(static_cast<std::uint8_t>(name.size()));
  append(wire_, name);
  append(wire_, Bytes{value_size});
  append(wire_, value);
}

std::optional<Bytes> Properties::find(std::string_view name) const {
  for (const Property property : *this) {
    if (property.name == name) return property.value;
  }
  return std::nullopt;
}

}  // namespace zmqng
