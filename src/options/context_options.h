// ContextOptions: what zmq_ctx_set and zmq_ctx_get know.
//
// Owner:    the Context, which guards it with its mutex.
// Threads:  a value.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace zmqng {

namespace context_option {
enum Number : int {
  io_threads = 1,
  max_sockets = 2,
  socket_limit = 3,     // get
  thread_priority = 3,  // set: one number, two meanings
  thread_sched_policy = 4,
  max_msgsz = 5,
  msg_t_size = 6,
  thread_affinity_cpu_add = 7,
  thread_affinity_cpu_remove = 8,
  thread_name_prefix = 9,
  zero_copy_recv = 10,
  ipv6 = 42,
  blocky = 70,
};
}  // namespace context_option

struct ContextOptions {
  // Fixed once the first socket exists; later changes are accepted and have no effect.
  int io_threads = 1;
  int max_sockets = 1023;
  int thread_priority = -1;
  int thread_sched_policy = -1;
  std::vector<int> thread_affinity_cpus;  // sorted, without repetition; empty: any
  std::string thread_name_prefix;         // the digits of the number that was set; empty: none
  int thread_name_prefix_number = 0;

  int max_msgsz = 2147483647;  // stored and returned only, as in the reference
  bool zero_copy_recv = true;

  // Defaults of sockets created later.
  bool ipv6 = false;
  bool blocky = true;  // false: linger is 0
};

Error set_context_option(ContextOptions& options, int number, int value);

// A value may be -1 (THREAD_SCHED_POLICY): zmq_ctx_get then returns -1 and leaves errno alone.
Result<int> get_context_option(const ContextOptions& options, int number);

}  // namespace zmqng
