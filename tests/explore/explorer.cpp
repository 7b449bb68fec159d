#include "explore/explorer.h"

#include <ucontext.h>

#include <cstdio>
#include <map>
#include <memory>
#include <utility>

namespace explore {
namespace {

constexpr std::size_t kStackBytes = 256 * 1024;
constexpr int kNobody = -1;
constexpr int kSeveral = -2;

}  // namespace

class Explorer {
 public:
  explicit Explorer(const Limits& limits) : limits_(limits) {}

  Outcome explore_all(const std::function<Program()>& make);

  // What the running fiber calls.
  void before_access(char what, const void* where, std::uint64_t value);
  void before_access(char what, const Cell& cell, std::uint64_t value);
  std::uint64_t load(const Cell& cell) const;
  void store(Cell& cell, std::uint64_t bits, std::memory_order order);
  void commit_all_of_current() { commit_all(threads_[static_cast<std::size_t>(current_)]); }
  void commit_everything();
  void forget(const Cell& cell);
  void wait_for(Event& event);
  [[noreturn]] void fail(const std::string& what);
  int number_of_next_cell() { return cells_made_++; }
  void note_failure(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }
  bool has_membarrier() const { return limits_.has_membarrier; }

 private:
  struct Pending {
    Cell* cell;
    std::uint64_t bits;
    bool is_ordered;  // a release store
  };
  struct Thread {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    std::function<void()> work;
    std::vector<Pending> buffer;  // oldest first
    Event* awaited = nullptr;
    bool is_done = false;
  };
  struct Usage {
    int reader = kNobody;  // the only thread that has used it, or kSeveral
    bool is_written = false;
    bool is_shared = false;  // a writer and somebody else: its accesses matter
  };
  struct Decision {
    int taken;
    int options;
  };
  struct Access {
    int thread;
    char what;
    const void* where;
    std::uint64_t value;
  };

  void run(const Program& program);
  int decide(int options);
  bool next_path();
  void note_use(const Cell& cell, bool is_write);
  bool can_run(int thread) const;
  bool may_leave(const Thread& thread, std::size_t index) const;
  void commit(Thread& thread, std::size_t index);
  void commit_all(Thread& thread);
  void commit_some(Thread& thread);
  bool commit_of_others();
  void choose_next(bool current_goes_on);
  bool others_can_run() const;
  int pick_runnable(int besides);
  void switch_to(int next);
  static void fiber_main();
  std::string story() const;

  Limits limits_;
  std::vector<Thread> threads_;
  std::vector<Decision> path_;
  std::size_t depth_ = 0;
  std::vector<Access> accesses_;
  std::vector<Usage> usages_;  // by number of the Cell
  bool has_new_shared_ = false;
  int cells_made_ = 0;
  int current_ = kNobody;
  int preemptions_left_ = 0;
  std::string failure_;
  ucontext_t main_context_;
};

namespace {

// Atomics know no context, so the explorer is found here: while fibers run, and in all of a run.
Explorer* running = nullptr;
Explorer* exploring = nullptr;

}  // namespace

// ---- all schedules

Outcome Explorer::explore_all(const std::function<Program()>& make) {
  Outcome outcome;
  do {
    if (outcome.schedules == limits_.schedules_max) {
      outcome.failure = "too many schedules for this program";
      return outcome;
    }
    ++outcome.schedules;
    cells_made_ = 0;
    exploring = this;
    const Program program = make();
    run(program);
    if (failure_.empty() && program.at_end) program.at_end();
    exploring = nullptr;
    if (!failure_.empty()) {
      outcome.failure = failure_ + " in schedule " + std::to_string(outcome.schedules) + story();
      return outcome;
    }
    // With more points to interrupt at, the paths so far mean nothing.
    if (has_new_shared_) path_.clear();
  } while (std::exchange(has_new_shared_, false) || next_path());
  return outcome;
}

void Explorer::run(const Program& program) {
  threads_.resize(program.threads.size());
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    Thread& thread = threads_[i];
    thread.work = program.threads[i];
    thread.buffer.clear();
    thread.awaited = nullptr;
    thread.is_done = false;
    if (thread.stack == nullptr) thread.stack.reset(new char[kStackBytes]);
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.get();
    thread.context.uc_stack.ss_size = kStackBytes;
    thread.context.uc_link = nullptr;
    makecontext(&thread.context, fiber_main, 0);
  }
  accesses_.clear();
  depth_ = 0;
  preemptions_left_ = limits_.preemptions;
  current_ = decide(static_cast<int>(threads_.size()));
  running = this;
  swapcontext(&main_context_, &threads_[static_cast<std::size_t>(current_)].context);
  running = nullptr;
  current_ = kNobody;
}

int Explorer::decide(int options) {
  if (options == 1) return 0;
  if (depth_ == path_.size()) path_.push_back({0, options});
  return path_[depth_++].taken;
}

bool Explorer::next_path() {
  while (!path_.empty() && path_.back().taken + 1 == path_.back().options) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().taken;
  return true;
}

// ---- store buffers

bool Explorer::may_leave(const Thread& thread, std::size_t index) const {
  if (thread.buffer[index].is_ordered) return index == 0;
  for (std::size_t i = 0; i < index; ++i) {
    if (thread.buffer[i].cell == thread.buffer[index].cell) return false;
  }
  return true;
}

void Explorer::commit(Thread& thread, std::size_t index) {
  thread.buffer[index].cell->bits_ = thread.buffer[index].bits;
  thread.buffer.erase(thread.buffer.begin() + static_cast<std::ptrdiff_t>(index));
}

void Explorer::commit_all(Thread& thread) {
  for (const Pending& pending : thread.buffer) pending.cell->bits_ = pending.bits;
  thread.buffer.clear();
}

void Explorer::commit_everything() {
  for (Thread& thread : threads_) commit_all(thread);
}

// A thread pauses: its stores become visible now, or, against the budget, some of them later.
void Explorer::commit_some(Thread& thread) {
  bool holds_back = false;
  for (std::size_t index = 0; index < thread.buffer.size();) {
    const bool can_hold_back = holds_back || preemptions_left_ > 0;
    if (may_leave(thread, index) && (!can_hold_back || decide(2) == 0)) {
      commit(thread, index);
      continue;
    }
    if (!holds_back) {
      holds_back = true;
      --preemptions_left_;
    }
    ++index;
  }
}

// A store of a thread that does not run becomes visible just now. False: none is to.
bool Explorer::commit_of_others() {
  if (preemptions_left_ == 0) return false;
  std::vector<std::pair<Thread*, std::size_t>> candidates;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (static_cast<int>(i) == current_) continue;
    for (std::size_t k = 0; k < threads_[i].buffer.size(); ++k) {
      if (may_leave(threads_[i], k)) candidates.push_back({&threads_[i], k});
    }
  }
  const int choice = decide(static_cast<int>(candidates.size()) + 1);
  if (choice == 0) return false;
  --preemptions_left_;
  const auto [thread, index] = candidates[static_cast<std::size_t>(choice) - 1];
  commit(*thread, index);
  return true;
}

std::uint64_t Explorer::load(const Cell& cell) const {
  const auto& buffer = threads_[static_cast<std::size_t>(current_)].buffer;
  for (auto it = buffer.rbegin(); it != buffer.rend(); ++it) {
    if (it->cell == &cell) return it->bits;
  }
  return cell.bits_;
}

void Explorer::store(Cell& cell, std::uint64_t bits, std::memory_order order) {
  Thread& thread = threads_[static_cast<std::size_t>(current_)];
  if (!usages_[static_cast<std::size_t>(cell.number_)].is_shared) {
    cell.bits_ = bits;
  } else if (order == std::memory_order_seq_cst) {
    commit_all(thread);
    cell.bits_ = bits;
  } else {
    thread.buffer.push_back({&cell, bits, order == std::memory_order_release});
  }
}

void Explorer::forget(const Cell& cell) {
  for (Thread& thread : threads_) {
    std::erase_if(thread.buffer, [&](const Pending& pending) { return pending.cell == &cell; });
  }
}

// ---- who goes on

bool Explorer::can_run(int index) const {
  const Thread& thread = threads_[static_cast<std::size_t>(index)];
  return !thread.is_done && (thread.awaited == nullptr || thread.awaited->is_set_);
}

bool Explorer::others_can_run() const {
  for (int i = 0; i < static_cast<int>(threads_.size()); ++i) {
    if (i != current_ && can_run(i)) return true;
  }
  return false;
}

int Explorer::pick_runnable(int besides) {
  std::vector<int> runnable;
  for (int i = 0; i < static_cast<int>(threads_.size()); ++i) {
    if (i != besides && can_run(i)) runnable.push_back(i);
  }
  if (runnable.empty()) return kNobody;
  return runnable[static_cast<std::size_t>(decide(static_cast<int>(runnable.size())))];
}

void Explorer::choose_next(bool current_goes_on) {
  while (commit_of_others()) {
  }
  if (current_goes_on) {
    if (preemptions_left_ == 0 || !others_can_run() || decide(2) == 0) return;
    const int next = pick_runnable(current_);
    --preemptions_left_;
    commit_some(threads_[static_cast<std::size_t>(current_)]);
    switch_to(next);
    return;
  }
  commit_some(threads_[static_cast<std::size_t>(current_)]);
  int next = pick_runnable(kNobody);
  if (next == kNobody) {
    commit_everything();
    next = pick_runnable(kNobody);
  }
  if (next == kNobody) {
    for (const Thread& thread : threads_) {
      if (!thread.is_done) fail("somebody sleeps and nobody is left to wake him");
    }
    setcontext(&main_context_);
  }
  switch_to(next);
}

void Explorer::switch_to(int next) {
  if (next == current_) return;
  Thread& from = threads_[static_cast<std::size_t>(current_)];
  current_ = next;
  swapcontext(&from.context, &threads_[static_cast<std::size_t>(next)].context);
}

void Explorer::fiber_main() {
  Thread& self = running->threads_[static_cast<std::size_t>(running->current_)];
  self.work();
  self.is_done = true;
  running->choose_next(false);
}

void Explorer::before_access(char what, const void* where, std::uint64_t value) {
  if (static_cast<int>(accesses_.size()) > limits_.steps_max) fail("it does not come to an end");
  choose_next(true);
  accesses_.push_back({current_, what, where, value});
}

void Explorer::before_access(char what, const Cell& cell, std::uint64_t value) {
  note_use(cell, what != 'r');
  if (usages_[static_cast<std::size_t>(cell.number_)].is_shared) {
    before_access(what, &cell, value);
  } else {
    accesses_.push_back({current_, what, &cell, value});
  }
}

void Explorer::note_use(const Cell& cell, bool is_write) {
  const auto number = static_cast<std::size_t>(cell.number_);
  if (number >= usages_.size()) usages_.resize(number + 1);
  Usage& usage = usages_[number];
  usage.is_written = usage.is_written || is_write;
  if (usage.reader == kNobody) usage.reader = current_;
  if (usage.reader != current_) usage.reader = kSeveral;
  if (usage.reader != kSeveral || !usage.is_written || usage.is_shared) return;
  usage.is_shared = true;
  has_new_shared_ = true;
}

void Explorer::wait_for(Event& event) {
  if (event.is_set_) return;
  accesses_.push_back({current_, 'z', &event, 0});
  Thread& self = threads_[static_cast<std::size_t>(current_)];
  self.awaited = &event;
  choose_next(false);
  self.awaited = nullptr;
}

// ---- telling what happened

void Explorer::fail(const std::string& what) {
  note_failure(what);
  setcontext(&main_context_);
  std::abort();  // setcontext does not return
}

std::string Explorer::story() const {
  static const std::map<char, const char*> verbs = {
      {'r', "loads"},   {'w', "stores"}, {'x', "changes"},  {'m', "membarrier"},
      {'s', "signals"}, {'c', "clears"}, {'z', "sleeps on"}};
  std::map<const void*, int> names;
  std::string text;
  for (const Access& access : accesses_) {
    const int name = names.emplace(access.where, static_cast<int>(names.size())).first->second;
    text += "\n  thread " + std::to_string(access.thread) + " " + verbs.at(access.what) + " #" +
            std::to_string(name);
    if (access.what == 'w') text += " = " + std::to_string(access.value);
  }
  return text;
}

// ---- what programs call

Outcome explore(const std::function<Program()>& make, const Limits& limits) {
  return Explorer(limits).explore_all(make);
}

void require(bool condition, const char* what) {
  if (condition) return;
  if (running != nullptr) running->fail(what);
  if (exploring != nullptr) exploring->note_failure(what);
}

void light_fence() {
  if (running != nullptr && !running->has_membarrier()) running->commit_all_of_current();
}

void full_fence() {
  if (running == nullptr) return;
  running->before_access('f', nullptr, 0);
  running->commit_all_of_current();
}

void heavy_fence() {
  if (running == nullptr) return;
  running->before_access('m', nullptr, 0);
  if (running->has_membarrier()) {
    running->commit_everything();
  } else {
    running->commit_all_of_current();
  }
}

Cell::Cell(std::uint64_t bits)
    : bits_(bits), number_(exploring != nullptr ? exploring->number_of_next_cell() : 0) {}

Cell::~Cell() {
  if (running != nullptr) running->forget(*this);
}

std::uint64_t Cell::read() const {
  if (running == nullptr) return bits_;
  running->before_access('r', *this, 0);
  return running->load(*this);
}

void Cell::write(std::uint64_t bits, std::memory_order order) {
  if (running == nullptr) {
    bits_ = bits;
    return;
  }
  running->before_access('w', *this, bits);
  running->store(*this, bits, order);
}

std::uint64_t Cell::begin_change() {
  if (running != nullptr) {
    running->before_access('x', *this, 0);
    running->commit_all_of_current();
  }
  return bits_;
}

void Cell::end_change(std::uint64_t bits) {
  bits_ = bits;
}

void Event::set() {
  if (running != nullptr) {
    running->before_access('s', this, 0);
    running->commit_all_of_current();  // the kernel's locks order what was stored before
  }
  is_set_ = true;
}

void Event::clear() {
  if (running != nullptr) running->before_access('c', this, 0);
  is_set_ = false;
}

void Event::wait() {
  running->wait_for(*this);
}

}  // namespace explore
