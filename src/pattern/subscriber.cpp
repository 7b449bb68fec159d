#include "pattern/subscriber.h"

namespace zmqng {

void Subscriber::attach(PipeEnd& end) {
  in_.attach(end);
  out_.attach(end);
  tell_everything(end);
}

void Subscriber::closing(PipeEnd& end) {
  out_.detach(end);
  in_.closing(end);
}

void Subscriber::restarted(PipeEnd& end) {
  if (!Distributor::holds(end)) return;
  out_.exclude(end);
  if (!end.write_restart()) host_.drop_pipe(end);
  tell_everything(end);
}

void Subscriber::detach(PipeEnd& end) {
  out_.detach(end);
  in_.detach(end);
}

// A publisher that cannot be told everything is of no use: better a new connection.
void Subscriber::tell_everything(PipeEnd& end) {
  bool is_told = true;
  topics_.for_each([&](Bytes topic) { is_told = is_told && end.write_subscription(true, topic); });
  end.publish();
  if (!is_told) host_.drop_pipe(end);
}

void Subscriber::tell_all(bool subscribe, Bytes topic) {
  for (std::uint32_t i = 0; i < out_.size(); ++i) {
    PipeEnd& end = out_.at(i);
    const bool is_told = end.write_subscription(subscribe, topic);
    end.publish();
    if (!is_told) host_.drop_pipe(end);
  }
}

int Subscriber::add(Bytes topic) {
  return topics_.add(topic) ? 0 : ENOMEM;
}

bool Subscriber::remove(Bytes topic) {
  return topics_.remove(topic) == SubscribedTopics::Removed::last;
}

}  // namespace zmqng
