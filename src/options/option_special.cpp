#include "options/option_special.h"

#include <algorithm>
#include <cerrno>

#include "options/option_numbers.h"
#include "options/option_values.h"

namespace zmqng {
namespace {

// Names travel with one octet for their length (ZMTP 3.1, RFC 37: property names).
constexpr std::size_t kMetadataNameMax = 255;

constexpr std::size_t kFiltersMax = 65536;  // per list: more can only be a program out of control

// The socket types that serialize their own calls: SERVER CLIENT RADIO DISH GATHER SCATTER PEER
// CHANNEL.
constexpr TypeSet kThreadSafeTypes = 0x1bf000;

constexpr int kSub = 2;

// 0 or 1 in 4 octets; -1 for anything else.
int read_flag(const SetCall& call) {
  int flag = 0;
  return read_number(call, flag) && (flag == 0 || flag == 1) ? flag : -1;
}

// What the four XPUB modes accept: any number that is not negative.
bool read_mode(const SetCall& call, bool& mode) {
  int number = 0;
  if (!read_number(call, number) || number < 0) return false;
  mode = number != 0;
  return true;
}

// (NULL, 0) empties the list, a number is added to it.
template <typename T>
Error change_filter(const SetCall& call, std::vector<T>& filters) {
  if (call.value == nullptr && call.length == 0) {
    filters.clear();
    return {};
  }
  T id{};
  if (!read_number(call, id)) return {EINVAL};
  if (filters.size() == kFiltersMax) return {ENOMEM};
  filters.push_back(id);
  return {};
}

Error set_socks_credential(const SetCall& call, std::string& target) {
  if (call.value == nullptr) {  // NULL empties it whatever the length says, as in the reference
    target.clear();
    return {};
  }
  return read_octets(call, target);
}

}  // namespace

Error set_ipv4only(const SetCall& call) {
  const int flag = read_flag(call);
  if (flag < 0) return {EINVAL};
  call.options.ipv6 = flag == 0;
  return {};
}

Error get_ipv4only(const GetCall& call) {
  return put_number(call.options.ipv6 ? 0 : 1, call.value, call.length);
}

Error get_type(const GetCall& call) {
  return put_number(call.socket_type, call.value, call.length);
}

Error get_thread_safe(const GetCall& call) {
  const bool thread_safe = contains(kThreadSafeTypes, call.socket_type);
  return put_live_int(thread_safe ? 1 : 0, call.value, call.length);
}

// A publisher takes subscriptions from its own application in manual mode only.
Error check_subscription(const SetCall& call) {
  if (call.value == nullptr && call.length != 0) return {EINVAL};
  if (call.socket_type != kSub && !call.options.pattern.xpub_manual) return {EINVAL};
  return {};
}

Error set_tcp_accept_filter(const SetCall& call) {
  auto& filters = call.options.tcp_accept_filters;
  if (call.value == nullptr && call.length == 0) {
    filters.clear();
    return {};
  }
  if (call.value == nullptr) return {EINVAL};
  if (filters.size() == kFiltersMax) return {ENOMEM};
  const std::string_view text(static_cast<const char*>(call.value), call.length);
  const auto filter = AddressFilter::parse(text, call.options.ipv6);
  if (!filter.ok()) return {filter.error()};
  filters.push_back(filter.value());
  return {};
}

Error set_ipc_filter_pid(const SetCall& call) {
  return change_filter(call, call.options.ipc_filter_pids);
}

Error set_ipc_filter_uid(const SetCall& call) {
  return change_filter(call, call.options.ipc_filter_uids);
}

Error set_ipc_filter_gid(const SetCall& call) {
  return change_filter(call, call.options.ipc_filter_gids);
}

Error set_socks_username(const SetCall& call) {
  return set_socks_credential(call, call.options.socks_username);
}

Error set_socks_password(const SetCall& call) {
  return set_socks_credential(call, call.options.socks_password);
}

// The wire carries tenths of a second in 16 bits. The reference divides first and checks
// afterwards, so that -99 to -1 pass as 0.
Error set_heartbeat_ttl(const SetCall& call) {
  int ttl_ms = 0;
  if (!read_number(call, ttl_ms)) return {EINVAL};
  const int tenths = ttl_ms / 100;
  if (tenths < 0 || tenths > UINT16_MAX) return {EINVAL};
  call.options.heartbeat_ttl = tenths * 100;
  return {};
}

// "X-name:value", both not empty. As in the reference, both are cut at their first NUL when they
// travel, they travel in byte order of the names, and the first value given for a name stays.
Error set_metadata(const SetCall& call) {
  std::string text;
  if (const Error error = read_octets(call, text)) return error;
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size()) return {EINVAL};
  if (colon < 3 || colon > kMetadataNameMax || text.compare(0, 2, "X-") != 0) return {EINVAL};

  const std::string name(text.substr(0, colon).c_str());
  auto& metadata = call.options.metadata;
  const auto place = std::lower_bound(
      metadata.begin(), metadata.end(), name,
      [](const auto& entry, const std::string& wanted) { return entry.first < wanted; });
  if (place != metadata.end() && place->first == name) return {};
  if (metadata.size() == kFiltersMax) return {ENOMEM};
  metadata.emplace(place, name, text.substr(colon + 1).c_str());
  return {};
}

// Each of the two modes that report repeated subscriptions ends the other, also when it is set to
// 0.
Error set_xpub_verbose(const SetCall& call) {
  PatternOptions& pattern = call.options.pattern;
  if (!read_mode(call, pattern.xpub_verbose)) return {EINVAL};
  pattern.xpub_verboser = false;
  return {};
}

Error set_xpub_verboser(const SetCall& call) {
  PatternOptions& pattern = call.options.pattern;
  if (!read_mode(call, pattern.xpub_verboser)) return {EINVAL};
  pattern.xpub_verbose = false;
  return {};
}

// There is one manual mode; the two options differ in what the next send does.
Error set_xpub_manual(const SetCall& call) {
  return {read_mode(call, call.options.pattern.xpub_manual) ? 0 : EINVAL};
}

Error set_xpub_manual_last_value(const SetCall& call) {
  PatternOptions& pattern = call.options.pattern;
  if (!read_mode(call, pattern.xpub_manual_last_value)) return {EINVAL};
  pattern.xpub_manual = pattern.xpub_manual_last_value;
  return {};
}

}  // namespace zmqng
