#include "options/context_options.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <climits>

namespace zmqng {
namespace {

namespace co = context_option;

constexpr int kSettable[] = {co::io_threads,          co::max_sockets, co::thread_priority,
                             co::thread_sched_policy, co::max_msgsz,   co::thread_affinity_cpu_add,
                             co::zero_copy_recv,      co::ipv6,        co::blocky};

int get(const ContextOptions& options, int number) {
  const auto result = get_context_option(options, number);
  EXPECT_TRUE(result.ok()) << number;
  return result.ok() ? result.value() : -12345;
}

TEST(ContextOptions, HaveTheMeasuredDefaults) {
  const ContextOptions options;
  EXPECT_EQ(get(options, co::io_threads), 1);
  EXPECT_EQ(get(options, co::max_sockets), 1023);
  EXPECT_EQ(get(options, co::socket_limit), 65535);
  EXPECT_EQ(get(options, co::thread_sched_policy), -1);
  EXPECT_EQ(get(options, co::max_msgsz), INT_MAX);
  EXPECT_EQ(get(options, co::msg_t_size), 64);
  EXPECT_EQ(get(options, co::thread_name_prefix), 0);
  EXPECT_EQ(get(options, co::zero_copy_recv), 1);
  EXPECT_EQ(get(options, co::ipv6), 0);
  EXPECT_EQ(get(options, co::blocky), 1);
}

TEST(ContextOptions, TakeNoNegativeNumber) {
  for (const int number : kSettable) {
    for (const int value : {-1, -2, INT_MIN}) {
      ContextOptions options;
      EXPECT_EQ(set_context_option(options, number, value).code, EINVAL) << number;
    }
    for (const int value : {1, 2, 1000, INT_MAX}) {
      ContextOptions options;
      EXPECT_EQ(set_context_option(options, number, value).code, 0) << number;
    }
  }
}

TEST(ContextOptions, OnlyMaxSocketsRefuses0) {
  for (const int number : kSettable) {
    ContextOptions options;
    EXPECT_EQ(set_context_option(options, number, 0).code, number == co::max_sockets ? EINVAL : 0);
  }
}

TEST(ContextOptions, FlagsReadBackAsOne) {
  ContextOptions options;
  for (const int number : {co::zero_copy_recv, co::ipv6, co::blocky}) {
    EXPECT_EQ(set_context_option(options, number, INT_MAX).code, 0);
    EXPECT_EQ(get(options, number), 1);
    EXPECT_EQ(set_context_option(options, number, 0).code, 0);
    EXPECT_EQ(get(options, number), 0);
  }
}

TEST(ContextOptions, SocketLimitAndThreadPriorityShareANumber) {
  ContextOptions options;
  EXPECT_EQ(set_context_option(options, co::thread_priority, 5).code, 0);
  EXPECT_EQ(options.thread_priority, 5);
  EXPECT_EQ(get(options, co::socket_limit), 65535);
}

TEST(ContextOptions, ACpuCanBeRemovedOnlyAfterItWasAdded) {
  ContextOptions options;
  EXPECT_EQ(set_context_option(options, co::thread_affinity_cpu_remove, 1).code, EINVAL);
  EXPECT_EQ(set_context_option(options, co::thread_affinity_cpu_add, 1).code, 0);
  EXPECT_EQ(set_context_option(options, co::thread_affinity_cpu_add, 1).code, 0);
  EXPECT_EQ(set_context_option(options, co::thread_affinity_cpu_add, 0).code, 0);
  EXPECT_EQ(options.thread_affinity_cpus, (std::vector<int>{0, 1}));
  EXPECT_EQ(set_context_option(options, co::thread_affinity_cpu_remove, 1).code, 0);
  EXPECT_EQ(set_context_option(options, co::thread_affinity_cpu_remove, 1).code, EINVAL);
  EXPECT_FALSE(get_context_option(options, co::thread_affinity_cpu_add).ok());
}

TEST(ContextOptions, TheThreadNamePrefixIsAnyNumber) {
  ContextOptions options;
  EXPECT_EQ(options.thread_name_prefix, "");
  EXPECT_EQ(set_context_option(options, co::thread_name_prefix, 42).code, 0);
  EXPECT_EQ(options.thread_name_prefix, "42");
  EXPECT_EQ(set_context_option(options, co::thread_name_prefix, -1).code, 0);
  EXPECT_EQ(get(options, co::thread_name_prefix), -1);
}

TEST(ContextOptions, UnknownNumbersAreRefused) {
  for (const int number : {-1, 0, 11, 12, 41, 43, 69, 71, 100, INT_MAX, INT_MIN}) {
    ContextOptions options;
    EXPECT_EQ(set_context_option(options, number, 1).code, EINVAL);
    EXPECT_EQ(get_context_option(options, number).error(), EINVAL);
  }
  ContextOptions options;
  EXPECT_EQ(set_context_option(options, co::msg_t_size, 64).code, EINVAL);
}

}  // namespace
}  // namespace zmqng
