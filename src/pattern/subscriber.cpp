#include "pattern/subscriber.h"

#include <algorithm>

namespace zmqng {
namespace {

// Fewer changes than this are never worth telling everything again.
constexpr std::uint32_t kPileLeast = 64;

}  // namespace

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
  start_over(end);
}

void Subscriber::start_over(PipeEnd& end) {
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
  end.tag = 0;
  if (!is_told) host_.drop_pipe(end);
}

// Whether the changes that nobody reads outnumber the topics. Those that are read are no pile, and
// who sets no high-water mark has asked for any number of them.
bool Subscriber::is_pile(PipeEnd& end) const {
  if (end.is_local) return false;
  return end.tag > std::max(kPileLeast, 2 * topics_.size()) && !end.out().would_have_credit();
}

void Subscriber::tell_all(bool subscribe, Bytes topic) {
  for (std::uint32_t i = 0; i < out_.size(); ++i) {
    PipeEnd& end = out_.at(i);
    const bool is_told = end.write_subscription(subscribe, topic);
    end.publish();
    ++end.tag;
    if (!is_told) host_.drop_pipe(end);
    if (is_pile(end)) {
      // The change itself came first: a publisher that is there and slow hears of it, too.
      start_over(end);
      end.announce_restart();
    }
  }
}

int Subscriber::add(Bytes topic) {
  return topics_.add(topic) ? 0 : ENOMEM;
}

bool Subscriber::remove(Bytes topic) {
  return topics_.remove(topic) == SubscribedTopics::Removed::last;
}

}  // namespace zmqng
