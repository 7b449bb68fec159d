#include "socket/interruption.h"

#include <signal.h>

namespace zmqng {
namespace {

// Handlers of what a thread does to itself say nothing: these never interrupt a call that waits.
bool is_fault(int number) {
  return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL ||
         number == SIGTRAP || number == SIGABRT || number == SIGSYS;
}

}  // namespace

bool interruption_is_wanted() {
  bool has_handlers = false;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action;
    if (is_fault(number) || sigaction(number, nullptr, &action) != 0) continue;
    const bool has_handler = (action.sa_flags & SA_SIGINFO) != 0 ||
                             (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
    if (has_handler && (action.sa_flags & SA_RESTART) == 0) return true;
    has_handlers = has_handlers || has_handler;
  }
  // None is left: the one that ran was for one time only (SA_RESETHAND).
  return !has_handlers;
}

}  // namespace zmqng
