// The explorer runs a small program of a few threads again and again, each time in another order of
// their accesses to atomics, until it has tried all orders up to a number of preemptions.
//
// The threads are fibers of one real thread. At each access of a Cell the explorer decides who goes
// on. Memory is that of a machine with store buffers: a store that is not sequentially consistent
// is seen by its own thread at once, by others when it leaves the buffer, which the explorer
// decides, too.
//   - A release store leaves after all stores before it, a relaxed one may overtake.
//   - Read-modify-writes, sequentially consistent stores and a heavy fence empty the thread's
//   buffer;
//     the heavy fence empties everybody's (membarrier).
// Accesses to a Cell that only one thread uses, or that nobody writes, are no points to interrupt
// at; which Cells those are is found out on the way. Loads are not reordered and plain memory is
// not checked: that is what TSan is for.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace explore {

// One run of the program under test: fresh objects, what each thread does, what must hold after it.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<void()> at_end;
};

struct Limits {
  // How often in one run something unusual happens: a thread is interrupted that could go on, or
  // leaves stores in its buffer when it stops, or such a store becomes visible while others run.
  int preemptions = 2;
  long schedules_max = 3'000'000;
  int steps_max = 2000;
  // False: a system without membarrier; both fences are full ones.
  bool has_membarrier = true;
};

struct Outcome {
  long schedules = 0;
  std::string failure;  // empty: every schedule went well
};

Outcome explore(const std::function<Program()>& make, const Limits& limits = {});

// For programs: fails this schedule.
void require(bool condition, const char* what);

void light_fence();
void full_fence();
void heavy_fence();

// The memory of one atomic.
class Cell {
 protected:
  explicit Cell(std::uint64_t bits);
  ~Cell();
  std::uint64_t read() const;
  void write(std::uint64_t bits, std::memory_order order);
  // A read-modify-write; nothing happens between the two halves.
  std::uint64_t begin_change();
  void end_change(std::uint64_t bits);

 private:
  friend class Explorer;
  std::uint64_t bits_;
  int number_;  // in the order of making
};

// A thing to sleep on. A run in which everybody sleeps has lost a wake-up.
class Event {
 public:
  void set();
  void clear();
  void wait();

 private:
  friend class Explorer;
  bool is_set_ = false;
};

}  // namespace explore
