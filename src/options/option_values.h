// How values travel between a program's buffers and the fields of SocketOptions: exact lengths,
// limits, terminators. Generic setters and getters for the rows of the table, named by the path to
// the field: set_int<&SocketOptions::pattern, &PatternOptions::req_relaxed>.
//
// Private to src/options. Threads: pure functions.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "options/option_table.h"

namespace zmqng {

// The field at the end of a path of member pointers.
// The formatter would glue the operators of the fold together.
// clang-format off
template <auto... Path>
auto& field(SocketOptions& options) {
  return (options .* ... .* Path);
}

template <auto... Path>
const auto& field(const SocketOptions& options) {
  return (options .* ... .* Path);
}
// clang-format on

// Exactly the octets of a T, from anything but NULL.
template <typename T>
bool read_number(const SetCall& call, T& number) {
  if (call.value == nullptr || call.length != sizeof(T)) return false;
  std::memcpy(&number, call.value, sizeof(T));
  return true;
}

// Into exactly the room of a T.
template <typename T>
Error put_number(T number, void* value, std::size_t* length) {
  if (value == nullptr || *length != sizeof(T)) return {EINVAL};
  std::memcpy(value, &number, sizeof(T));
  return {};
}

// Raw octets; what is left of the room is zeroed.
Error put_octets(std::string_view octets, void* value, std::size_t* length);

// Copies the value if its length is within the row's limits. (NULL, 0) is an empty value.
Error read_octets(const SetCall& call, std::string& target);

// Integers of 4 octets into an int, a bool or an enum.
template <auto... Path>
Error set_int(const SetCall& call) {
  using Field = std::remove_reference_t<decltype(field<Path...>(call.options))>;
  int number = 0;
  if (!read_number(call, number)) return {EINVAL};
  if (number < call.min || number > call.max) return {EINVAL};
  field<Path...>(call.options) = static_cast<Field>(number);
  return {};
}

template <auto... Path>
Error get_int(const GetCall& call) {
  return put_number(static_cast<int>(field<Path...>(call.options)), call.value, call.length);
}

// Integers of 8 octets; every value is fine.
template <auto... Path>
Error set_wide(const SetCall& call) {
  return {read_number(call, field<Path...>(call.options)) ? 0 : EINVAL};
}

template <auto... Path>
Error get_wide(const GetCall& call) {
  return put_number(field<Path...>(call.options), call.value, call.length);
}

template <auto... Path>
Error set_octets(const SetCall& call) {
  return read_octets(call, field<Path...>(call.options));
}

// As set_octets, but (NULL, 0) empties a value that has a minimum length otherwise.
template <auto... Path>
Error set_clearable(const SetCall& call) {
  if (call.value == nullptr && call.length == 0) {
    field<Path...>(call.options).clear();
    return {};
  }
  return read_octets(call, field<Path...>(call.options));
}

template <auto... Path>
Error get_text(const GetCall& call) {
  return put_text(field<Path...>(call.options), call.value, call.length);
}

template <auto... Path>
Error get_octets(const GetCall& call) {
  return put_octets(field<Path...>(call.options), call.value, call.length);
}

}  // namespace zmqng
