// Subscriber: what Sub and Xsub have in common: a set of topics, and telling every publisher of it.
//
// Owner:    Sub, Xsub. Threads: the one that uses the socket.
// Holds:    subscriptions need no room in a pipe and are never dropped; a publisher that comes, or
//           comes back, is told all of them.
//           PipeEnd::tag counts those written since the publisher was told everything. Topics that
//           come and go while it is away must not pile up: now and then everything is written again
//           behind a restart mark, and the Link, as long as it has no connection, drops what is
//           before that.
#pragma once

#include "pattern/distributor.h"
#include "pattern/fair_queue.h"
#include "pattern/subscriptions.h"

namespace zmqng {

class Subscriber {
 public:
  explicit Subscriber(PatternHost& host) : host_(host), in_(host) {}
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  void attach(PipeEnd& end);
  void closing(PipeEnd& end);
  void restarted(PipeEnd& end);
  void detach(PipeEnd& end);

  // Change the set: 0 or ENOMEM; whether that was the last reference, so that publishers must hear.
  int add(Bytes topic);
  bool remove(Bytes topic);
  // Not in the middle of a message.
  void tell_all(bool subscribe, Bytes topic);

  const SubscribedTopics& topics() const { return topics_; }
  FairQueue& in() { return in_; }
  Distributor& out() { return out_; }

 private:
  void tell_everything(PipeEnd& end);
  void start_over(PipeEnd& end);
  bool is_pile(PipeEnd& end) const;

  PatternHost& host_;
  FairQueue in_;
  Distributor out_;
  SubscribedTopics topics_;
};

}  // namespace zmqng
