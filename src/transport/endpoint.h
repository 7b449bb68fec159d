// Endpoint: a split endpoint string, `scheme://address`. A value; the address stays unparsed here,
// because only the transport of the scheme knows its grammar.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace zmqng {

struct Endpoint {
  std::string scheme;   // "tcp"; schemes are case-sensitive
  std::string address;  // "127.0.0.1:5555"

  std::string text() const { return scheme + "://" + address; }
};

// EINVAL without "://", with an empty scheme or an empty address. Whether the scheme exists is
// asked of find_transport (transport.h).
Result<Endpoint> parse_endpoint(std::string_view uri);

}  // namespace zmqng
