#include "options/socket_options.h"

#include "options/option_numbers.h"
#include "options/option_table.h"
#include "options/option_values.h"

namespace zmqng {
namespace {

// "Any length" still has an end: what nobody means must not take the process down.
constexpr std::size_t kOctetsMax = 16 * 1024 * 1024;

constexpr TypeSet kTypesWithoutLinger = 1U << 2 | 1U << 10 | 1U << 15;  // SUB, XSUB, DISH

}  // namespace

SocketOptions default_socket_options(int socket_type, bool context_ipv6, bool context_blocky) {
  SocketOptions options;
  options.ipv6 = context_ipv6;
  if (!context_blocky || contains(kTypesWithoutLinger, socket_type)) options.linger = 0;
  return options;
}

Error set_option(SocketOptions& options, int socket_type, int number, const void* value,
                 std::size_t length) {
  const OptionRow* row = find_option_row(number);
  if (row == nullptr || !contains(row->set_types, socket_type)) return {EINVAL};
  return row->set({options, socket_type, row->min, row->max, value, length});
}

Error get_option(const SocketOptions& options, int socket_type, int number, void* value,
                 std::size_t* length) {
  const OptionRow* row = find_option_row(number);
  if (row == nullptr || !contains(row->get_types, socket_type)) return {EINVAL};
  if (value == nullptr || length == nullptr) return {EINVAL};
  return row->get({options, socket_type, value, length});
}

bool is_live(int number) {
  return number == option::rcvmore || number == option::fd || number == option::events ||
         number == option::last_endpoint;
}

Error put_live_int(int answer, void* value, std::size_t* length) {
  if (value == nullptr || length == nullptr || *length < sizeof answer) return {EINVAL};
  std::memset(value, 0, *length);
  std::memcpy(value, &answer, sizeof answer);
  *length = sizeof answer;
  return {};
}

Error put_octets(std::string_view octets, void* value, std::size_t* length) {
  if (value == nullptr || length == nullptr || *length < octets.size()) return {EINVAL};
  std::memset(value, 0, *length);
  if (!octets.empty()) std::memcpy(value, octets.data(), octets.size());
  *length = octets.size();
  return {};
}

Error put_text(std::string_view answer, void* value, std::size_t* length) {
  if (length == nullptr || *length < answer.size() + 1) return {EINVAL};
  if (const Error error = put_octets(answer, value, length)) return error;
  ++*length;  // the NUL is there already, and counts
  return {};
}

Error read_octets(const SetCall& call, std::string& target) {
  if (call.value == nullptr && call.length != 0) return {EINVAL};
  if (call.length > kOctetsMax) return {call.max == INT64_MAX ? ENOMEM : EINVAL};
  const auto length = static_cast<std::int64_t>(call.length);
  if (length < call.min || length > call.max) return {EINVAL};
  target.assign(static_cast<const char*>(call.value), call.length);
  return {};
}

}  // namespace zmqng
