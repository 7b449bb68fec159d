#include "pattern/reports.h"

#include <new>
#include <utility>

#include "pattern/small_duties.h"

namespace zmqng {

Reports::~Reports() {
  if (nobody_ != nullptr) nobody_->drop();
  if (last_peer_ != nullptr) last_peer_->drop();
  if (pipe_ != nullptr) Pipe::discard(pipe_);
}

// What is written from here on has come from this peer.
bool Reports::say_peer(const PipeEnd& from) {
  if (pipe_ == nullptr) pipe_ = Pipe::make(false, false);
  if (nobody_ == nullptr) nobody_ = new (std::nothrow) PeerInfo({}, {}, -1);
  if (pipe_ == nullptr || nobody_ == nullptr) return false;
  PeerInfo* peer = from.peer_info() != nullptr ? from.peer_info() : nobody_;
  if (peer == last_peer_) return true;
  if (!pipe_->a().write_peer(peer->add_ref())) {
    peer->drop();
    return false;
  }
  if (last_peer_ != nullptr) last_peer_->drop();
  last_peer_ = peer->add_ref();
  return true;
}

void Reports::put_request(const PipeEnd& from, const PipeTable::Ticket& ticket, bool subscribe,
                          Bytes topic) {
  if (!say_peer(from) || !pipe_->a().write_subscription(subscribe, topic)) return;
  pipe_->a().publish();
  origins_.push_back(ticket);
}

void Reports::put_frame(const PipeEnd& from, Message& frame) {
  if (!say_peer(from) || !pipe_->a().write({frame.bytes(), frame.has_more(), &frame})) return;
  pipe_->a().publish();
  origins_.push_back({});
}

int Reports::take(Message& message, PipeTable::Ticket& requester) {
  if (origins_.empty()) return EAGAIN;
  Message report;
  (void)pipe_->b().read(report);
  requester = origins_.front();
  origins_.pop_front();
  if (report.role() == Message::Role::data) {
    message = std::move(report);
    return 0;
  }
  if (!message.resize(1 + report.size())) return ENOMEM;
  message.data()[0] = report.role() == Message::Role::subscribe ? 1 : 0;
  if (report.size() != 0) std::memcpy(message.data() + 1, report.data(), report.size());
  message.set_more(false);
  message.set_role(Message::Role::data);
  message.set_peer(report.peer());
  return 0;
}

}  // namespace zmqng
