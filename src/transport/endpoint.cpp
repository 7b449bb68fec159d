#include "transport/endpoint.h"

#include <cerrno>

namespace zmqng {

Result<Endpoint> parse_endpoint(std::string_view uri) {
  constexpr std::string_view kSeparator = "://";
  const auto at = uri.find(kSeparator);
  if (at == std::string_view::npos || at == 0) return Error{EINVAL};
  const auto address = uri.substr(at + kSeparator.size());
  if (address.empty()) return Error{EINVAL};
  return Endpoint{std::string(uri.substr(0, at)), std::string(address)};
}

}  // namespace zmqng
