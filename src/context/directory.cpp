#include "context/directory.h"

#include <algorithm>
#include <cerrno>
#include <new>

#include "base/check.h"

namespace zmqng {
namespace {

std::uint32_t sum_of_marks(int sender, int receiver) {
  if (sender == 0 || receiver == 0) return 0;
  return static_cast<std::uint32_t>(sender) + static_cast<std::uint32_t>(receiver);
}

}  // namespace

Directory::~Directory() {
  clear();
}

void Directory::join(const InprocSide& binder, const Waiting& connecter) {
  PipeEnd& far = *connecter.far;
  far.set_mailbox(binder.taker->mailbox());
  far.set_out_limit(sum_of_marks(binder.sndhwm, connecter.rcvhwm));
  far.raise_in_limit(sum_of_marks(connecter.sndhwm, binder.rcvhwm));
  far.joined_sndhwm = binder.sndhwm;
  far.joined_rcvhwm = binder.rcvhwm;
  auto* peer = new (std::nothrow) PeerInfo(binder.routing_id, {}, -1);
  if (peer != nullptr) {
    if (far.write_peer(peer)) {
      far.publish();
    } else {
      peer->drop();
    }
  }
  const bool is_taken = binder.taker->offer(far);
  CHECK(is_taken);  // a taker gives up its names before it closes
}

Error Directory::bind(const std::string& name, const InprocSide& side) {
  std::lock_guard lock(mutex_);
  if (!bound_.emplace(name, side).second) return Error{EADDRINUSE};
  const auto [first, last] = waiting_.equal_range(name);
  for (auto it = first; it != last; ++it) join(side, it->second);
  waiting_.erase(first, last);
  return {};
}

Error Directory::unbind(const std::string& name, const PipeTaker& taker) {
  std::lock_guard lock(mutex_);
  const auto found = bound_.find(name);
  if (found == bound_.end() || found->second.taker != &taker) return Error{ENOENT};
  bound_.erase(found);
  return {};
}

void Directory::connect(const std::string& name, PipeEnd& far, const InprocSide& side) {
  std::lock_guard lock(mutex_);
  const Waiting connecter{&far, side.sndhwm, side.rcvhwm};
  const auto found = bound_.find(name);
  if (found != bound_.end()) {
    join(found->second, connecter);
  } else {
    waiting_.emplace(name, connecter);
  }
}

void Directory::withdraw(const std::string& name, PipeEnd& far) {
  {
    std::lock_guard lock(mutex_);
    const auto [first, last] = waiting_.equal_range(name);
    const auto found =
        std::find_if(first, last, [&far](const auto& entry) { return entry.second.far == &far; });
    if (found == last) return;
    waiting_.erase(found);
  }
  far.leave(0);
}

void Directory::clear() {
  std::multimap<std::string, Waiting> waiting;
  {
    std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
  }
  for (auto& [name, connecter] : waiting) connecter.far->leave(0);
}

}  // namespace zmqng
