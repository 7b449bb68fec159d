#include "link/link_host.h"

namespace zmqng {

bool LinkSettings::reports_connects() const {
  if (type == SocketType::stream) return options.pattern.stream_notify;
  return keeps_routing_ids() && (options.pattern.router_notify & 1) != 0;
}

bool LinkSettings::reports_disconnects() const {
  if (type == SocketType::stream) return options.pattern.stream_notify;
  return keeps_routing_ids() && (options.pattern.router_notify & 2) != 0;
}

bool takes_conflate(SocketType type, const SocketOptions& options) {
  return options.pattern.conflate &&
         (type == SocketType::push || type == SocketType::pull || type == SocketType::pub ||
          type == SocketType::sub || type == SocketType::dealer);
}

}  // namespace zmqng
