#include "security/command.h"

#include "base/check.h"

namespace zmqng {

std::optional<Command> parse_command(Bytes body) {
  if (body.empty()) return std::nullopt;
  const std::size_t name_size = body[0];
  if (name_size > body.size() - 1) return std::nullopt;
  return Command{as_text(body.subspan(1, name_size)), body.subspan(1 + name_size)};
}

void append_command_name(Octets& body, std::string_view name) {
  CHECK(!name.empty());
  CHECK(name.size() <= 255);
  body.push_back(static_cast<std::uint8_t>(name.size()));
  append(body, name);
}

}  // namespace zmqng
