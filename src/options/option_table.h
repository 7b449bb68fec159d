// The table of socket options: one row per option, sorted by number. To add an option, add a field
// to SocketOptions, a number to option_numbers.h and a row to option_table.cpp.
//
// Private to src/options. Threads: constant data and pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "options/socket_options.h"

namespace zmqng {

// A set of socket types: bit n stands for the type with the number n.
using TypeSet = std::uint32_t;

inline constexpr int kSocketTypesMax = 32;

constexpr bool contains(TypeSet set, int socket_type) {
  return socket_type >= 0 && socket_type < kSocketTypesMax && (set >> socket_type & 1U) != 0;
}

// What a program passed in. `value` may be NULL whatever `length` says.
struct SetCall {
  SocketOptions& options;
  int socket_type;
  std::int64_t min;  // limits of the row: of the value for integers, of the length for octets
  std::int64_t max;
  const void* value;
  std::size_t length;
};

// Where the answer goes. `*length` is the room before and the length after.
struct GetCall {
  const SocketOptions& options;
  int socket_type;
  void* value;
  std::size_t* length;
};

using SetFunction = Error (*)(const SetCall&);
using GetFunction = Error (*)(const GetCall&);

struct OptionRow {
  int number;
  TypeSet set_types;  // who accepts it in zmq_setsockopt; 0: nobody
  TypeSet get_types;  // who answers it in zmq_getsockopt; 0: nobody
  std::int64_t min;
  std::int64_t max;
  SetFunction set;
  GetFunction get;
};

std::span<const OptionRow> option_rows();
// nullptr: there is no such option.
const OptionRow* find_option_row(int number);

}  // namespace zmqng
