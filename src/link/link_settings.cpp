#include "link/link_host.h"

namespace zmqng {

namespace {

bool reports(const LinkSettings& settings, int notice) {
  const PatternOptions& pattern = settings.options.pattern;
  if (settings.type == SocketType::stream) return pattern.stream_notify;
  // Raw peers say nothing of themselves, so that nobody else would tell; as the reference does.
  if (settings.type == SocketType::router && pattern.router_raw) return true;
  return settings.keeps_routing_ids() && (pattern.router_notify & notice) != 0;
}

}  // namespace

bool LinkSettings::reports_connects() const {
  return reports(*this, 1);
}

bool LinkSettings::reports_disconnects() const {
  return reports(*this, 2);
}

bool takes_conflate(SocketType type, const SocketOptions& options) {
  return options.pattern.conflate &&
         (type == SocketType::push || type == SocketType::pull || type == SocketType::pub ||
          type == SocketType::sub || type == SocketType::dealer);
}

}  // namespace zmqng
