// Gate: one thread waits until another has opened it. Made of what ThreadSanitizer sees even in a
// program that is not built with it, which the inside of std::promise is not.
#pragma once

#include <condition_variable>
#include <mutex>

namespace api_test {

class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    is_open_ = true;
    opened_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

}  // namespace api_test
