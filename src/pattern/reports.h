// Reports: what an XPUB's application has yet to receive: requests to subscribe and to cancel, and
// messages from XSUBs. A private Pipe keeps them, which is as compact as it gets: nothing bounds
// their number but what the peers have sent.
//
// Owner: Xpub. Threads: the one that uses the socket.
#pragma once

#include <deque>

#include "pattern/pipe_table.h"

namespace zmqng {

class Reports {
 public:
  Reports() = default;
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;
  ~Reports();

  // Without memory a report is lost.
  void put_request(const PipeEnd& from, const PipeTable::Ticket& ticket, bool subscribe,
                   Bytes topic);
  void put_frame(const PipeEnd& from, Message& frame);

  bool is_empty() const { return origins_.empty(); }
  // Takes the oldest: 0, EAGAIN or ENOMEM. `requester`: the pipe, if it is a request.
  int take(Message& message, PipeTable::Ticket& requester);

 private:
  [[nodiscard]] bool say_peer(const PipeEnd& from);

  Pipe* pipe_ = nullptr;  // made when first needed; a() is written, b() is read
  PeerInfo* last_peer_ = nullptr;
  PeerInfo* nobody_ = nullptr;
  std::deque<PipeTable::Ticket> origins_;  // one for each report
};

}  // namespace zmqng
