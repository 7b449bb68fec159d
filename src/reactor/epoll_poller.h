// EpollPoller: the Poller of Linux.
#pragma once

#include <memory>

#include "base/fd.h"
#include "reactor/poller.h"

namespace zmqng {

class EpollPoller final : public Poller {
 public:
  // Errors: EMFILE, ENFILE, ENOMEM.
  static Result<std::unique_ptr<Poller>> make();

  Error watch(Watch& watch, int fd, std::uint32_t interest) override;
  void unwatch(Watch& watch) override;
  int wait(Millis timeout, ReadyEvent* events, int events_max) override;
  bool has_short_waits() const override { return has_short_waits_; }
  int wait_shortly(Micros timeout, ReadyEvent* events, int events_max) override;

 private:
  explicit EpollPoller(Fd fd);

  Fd fd_;
  bool has_short_waits_ = false;
};

}  // namespace zmqng
