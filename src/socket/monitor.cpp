#include "socket/monitor.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace zmqng {

Monitor::Monitor(SocketHost& host, std::string address, std::uint64_t events)
    : host_(host), mailbox_(new Mailbox), address_(std::move(address)), events_(events) {}

Monitor::~Monitor() {
  mailbox_->drop();
}

Result<Monitor*> Monitor::make(SocketHost& host, const std::string& address, std::uint64_t events) {
  if (!host.take_socket_slot()) return Error{EMFILE};
  auto* monitor = new (std::nothrow) Monitor(host, address, events);
  if (monitor == nullptr) {
    host.return_socket_slot();
    return Error{ENOMEM};
  }
  const InprocSide side{monitor, {}, kPipeMax, kPipeMax};
  if (Error error = host.bind_inproc(address, side)) {
    host.return_socket_slot();
    delete monitor;
    return error;
  }
  return monitor;
}

// The reader connects, on its own thread.
bool Monitor::offer(PipeEnd& near) {
  std::lock_guard lock(mutex_);
  if (is_stopped_) return false;
  mailbox_->serve_all();
  if (end_ != nullptr && is_reader_gone_) std::exchange(end_, nullptr)->leave(0);
  if (end_ != nullptr) {
    near.leave(0);  // one reader at a time
    return true;
  }
  is_reader_gone_ = false;
  end_ = &near;
  near.adopt(*this);
  flush();
  return true;
}

void Monitor::pipe_readable(PipeEnd& end) {
  Message ignored;
  while (end.read(ignored) == PipeEnd::Read::got) {
  }
  if (end.has_ended()) is_reader_gone_ = true;
}

void Monitor::emit(MonitorEventKind kind, std::uint64_t value, const std::string& address) {
  if ((events_ & static_cast<std::uint64_t>(kind)) == 0) return;
  std::lock_guard lock(mutex_);
  if (is_stopped_) return;
  if (waiting_.size() == kWaitingMax) waiting_.pop_front();
  waiting_.push_back({kind, static_cast<std::uint32_t>(value), address});
  flush();
}

void Monitor::flush() {
  mailbox_->serve_all();
  if (end_ == nullptr || is_reader_gone_) return;
  while (!waiting_.empty() && write(waiting_.front())) waiting_.pop_front();
}

bool Monitor::write(const Event& event) {
  if (!end_->can_write()) return false;
  std::uint8_t head[6];
  const auto kind = static_cast<std::uint16_t>(event.kind);
  std::memcpy(head, &kind, sizeof kind);
  std::memcpy(head + 2, &event.value, sizeof event.value);
  if (!end_->write_copy(head, true) || !end_->write_copy(as_bytes(event.address), false)) {
    end_->rollback();
    return false;
  }
  end_->publish();
  return true;
}

void Monitor::stop() {
  (void)host_.unbind_inproc(address_, *this);
  emit(MonitorEventKind::monitor_stopped, 0, {});
  {
    std::lock_guard lock(mutex_);
    is_stopped_ = true;
    mailbox_->serve_all();
    if (end_ != nullptr) std::exchange(end_, nullptr)->leave(0);
    mailbox_->close();
  }
  host_.return_socket_slot();
  delete this;
}

}  // namespace zmqng
