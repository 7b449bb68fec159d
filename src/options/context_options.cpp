#include "options/context_options.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace zmqng {
namespace {

// The size of zmq_msg_t is part of the ABI; capi asserts it against the type itself.
constexpr int kMessageSize = 64;
constexpr int kSocketLimit = 65535;

using Options = ContextOptions;

// An option: one row. A null function means that the direction does not exist.
struct Row {
  int number;
  int min;  // the smallest value set accepts; the largest is INT_MAX throughout
  Error (*set)(Options& options, int value);
  int (*get)(const Options& options);
};

template <auto Member>
Error store(Options& options, int value) {
  using Field = std::remove_reference_t<decltype(options.*Member)>;
  options.*Member = static_cast<Field>(value);
  return {};
}

template <auto Member>
int load(const Options& options) {
  return static_cast<int>(options.*Member);
}

template <int Value>
int always(const Options&) {
  return Value;
}

Error add_cpu(Options& options, int cpu) {
  auto& cpus = options.thread_affinity_cpus;
  const auto place = std::lower_bound(cpus.begin(), cpus.end(), cpu);
  if (place == cpus.end() || *place != cpu) cpus.insert(place, cpu);
  return {};
}

Error remove_cpu(Options& options, int cpu) {
  auto& cpus = options.thread_affinity_cpus;
  const auto place = std::lower_bound(cpus.begin(), cpus.end(), cpu);
  if (place == cpus.end() || *place != cpu) return {EINVAL};
  cpus.erase(place);
  return {};
}

Error set_thread_name_prefix(Options& options, int number) {
  options.thread_name_prefix_number = number;
  options.thread_name_prefix = std::to_string(number);
  return {};
}

namespace co = context_option;

constexpr std::array kRows = {
    Row{co::io_threads, 0, store<&Options::io_threads>, load<&Options::io_threads>},
    Row{co::max_sockets, 1, store<&Options::max_sockets>, load<&Options::max_sockets>},
    Row{co::socket_limit, 0, store<&Options::thread_priority>, always<kSocketLimit>},
    Row{co::thread_sched_policy, 0, store<&Options::thread_sched_policy>,
        load<&Options::thread_sched_policy>},
    Row{co::max_msgsz, 0, store<&Options::max_msgsz>, load<&Options::max_msgsz>},
    Row{co::msg_t_size, 0, nullptr, always<kMessageSize>},
    Row{co::thread_affinity_cpu_add, 0, add_cpu, nullptr},
    Row{co::thread_affinity_cpu_remove, 0, remove_cpu, nullptr},
    Row{co::thread_name_prefix, INT32_MIN, set_thread_name_prefix,
        load<&Options::thread_name_prefix_number>},
    Row{co::zero_copy_recv, 0, store<&Options::zero_copy_recv>, load<&Options::zero_copy_recv>},
    Row{co::ipv6, 0, store<&Options::ipv6>, load<&Options::ipv6>},
    Row{co::blocky, 0, store<&Options::blocky>, load<&Options::blocky>},
};

const Row* find_row(int number) {
  for (const Row& row : kRows) {
    if (row.number == number) return &row;
  }
  return nullptr;
}

}  // namespace

Error set_context_option(ContextOptions& options, int number, int value) {
  const Row* row = find_row(number);
  if (row == nullptr || row->set == nullptr || value < row->min) return {EINVAL};
  return row->set(options, value);
}

Result<int> get_context_option(const ContextOptions& options, int number) {
  const Row* row = find_row(number);
  if (row == nullptr || row->get == nullptr) return Error{EINVAL};
  return row->get(options);
}

}  // namespace zmqng
