// Child programs: a DISABLED_ test of this executable, run in a fresh process.
//
// For whatever may kill or limit a process: resource limits, aborts, exit handlers, memory sizes.
// Everything the child needs travels in environment variables.
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/support/wait.h"

namespace api_test {

// Memory is not what it seems, and time is longer. Asked at run time: the library may be sanitized
// although this program is not.
inline const bool is_sanitized = ::dlsym(RTLD_DEFAULT, "__asan_init") != nullptr ||
                                 ::dlsym(RTLD_DEFAULT, "__tsan_init") != nullptr;

struct ChildResult {
  int status = -1;  // as waitpid() gives it
  bool timed_out = false;
  std::string output;

  // The test ran to its end and passed; one that was skipped or not found does not count.
  bool succeeded() const {
    return exited_well() && output.find("[  PASSED  ] 1 test.") != std::string::npos;
  }
  // For tests that end the process themselves; what they have done must show in the output.
  bool exited_well() const { return !timed_out && WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

inline std::ostream& operator<<(std::ostream& out, const ChildResult& child) {
  if (child.timed_out)
    out << "timed out";
  else if (WIFSIGNALED(child.status))
    out << "killed by signal " << WTERMSIG(child.status);
  else
    out << "exit status " << WEXITSTATUS(child.status);
  return out << "\n" << child.output;
}

using Environment = std::vector<std::pair<std::string, std::string>>;

// Starts "Suite.DISABLED_Name" in a new process; `out` becomes its stdout and stderr.
inline pid_t start_child(const std::string& test, const Environment& environment, int out) {
  const std::string filter = "--gtest_filter=" + test;
  // Everything that allocates happens before fork: other threads may hold the heap's lock.
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const bool selects_tests =
        variable.starts_with("GTEST_TOTAL_SHARDS=") || variable.starts_with("GTEST_SHARD_");
    if (!selects_tests) variables.emplace_back(variable);
  }
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment_block;
  for (std::string& variable : variables) environment_block.push_back(variable.data());
  environment_block.push_back(nullptr);
  std::string arguments[] = {"api_tests", filter, "--gtest_also_run_disabled_tests",
                             "--gtest_brief=1", "--gtest_color=no"};
  char* argument_block[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                            arguments[3].data(), arguments[4].data(), nullptr};
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execve("/proc/self/exe", argument_block, environment_block.data());
  ::_exit(127);
}

// Runs it to its end, or kills it after the limit.
inline ChildResult run_child(const std::string& test, const Environment& environment = {},
                             std::chrono::milliseconds limit = 3 * deadline) {
  ChildResult result;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return result;
  const pid_t pid = start_child(test, environment, ends[1]);
  ::close(ends[1]);
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd item{ends[0], POLLIN, 0};
    if (left.count() <= 0 || ::poll(&item, 1, static_cast<int>(left.count())) == 0) {
      result.timed_out = true;
      ::kill(pid, SIGKILL);
      break;
    }
    char octets[4096];
    const ssize_t got = ::read(ends[0], octets, sizeof octets);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    result.output.append(octets, static_cast<size_t>(got));
  }
  ::close(ends[0]);
  while (::waitpid(pid, &result.status, 0) == -1 && errno == EINTR) {
  }
  return result;
}

inline std::string environment_text(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}
inline int environment_int(const char* name, int otherwise = 0) {
  const std::string text = environment_text(name);
  return text.empty() ? otherwise : std::stoi(text);
}

}  // namespace api_test
