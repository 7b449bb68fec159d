#include "pattern/publisher.h"

namespace zmqng {

void Publisher::attach(PipeEnd& end) {
  pipes_.add(end);
  out_.attach(end);
  send_welcome(end);
  take_in_all(end);
}

void Publisher::send_welcome(PipeEnd& end) {
  const Bytes text = as_bytes(options().xpub_welcome_msg);
  if (text.empty()) return;
  Message welcome;
  if (!welcome.assign(text) || !end.write({welcome.bytes(), false, &welcome})) return;
  end.publish();
}

void Publisher::readable(PipeEnd& end) {
  take_in_all(end);
}

void Publisher::closing(PipeEnd& end) {
  out_.detach(end);
  take_in_all(end);
}

void Publisher::detach(PipeEnd& end) {
  out_.detach(end);
  const PipeTable::Ticket ticket = pipes_.ticket(end);
  const bool is_manual_mode = is_manual();
  const bool says_all = is_manual_mode || options().xpub_verboser;
  const auto report = [&](Bytes topic, bool is_last) {
    if (reports_ != nullptr && (is_last || says_all)) {
      reports_->put_request(end, ticket, false, topic);
    }
  };
  claimed_.remove_pipe(end.tag, report);
  wanted_.remove_pipe(end.tag, [&](Bytes topic, bool is_last) {
    if (!is_manual_mode) report(topic, is_last);
  });
  pipes_.remove(end);
}

// ---- what comes in

void Publisher::take_in_all(PipeEnd& end) {
  if (end.has_ended()) return;
  // Only whole messages are published, so each read up to `empty` begins with a first frame.
  bool is_first = true;
  bool examines_all = true;
  Message frame;
  for (;;) {
    end.take_subscriptions(
        [&](bool subscribe, Bytes topic) { take_request(end, subscribe, topic); });
    if (end.read(frame) != PipeEnd::Read::got) break;
    const Bytes bytes = frame.bytes();
    if (frame.role() != Message::Role::data) {
      // Has come since.
      take_request(end, frame.role() == Message::Role::subscribe, bytes);
      continue;
    }
    const bool is_request = (is_first || examines_all) && !bytes.empty() && bytes[0] <= 1;
    if (is_first) examines_all = is_request || !options().only_first_subscribe;
    is_first = !frame.has_more();
    if (is_request) {
      take_request(end, bytes[0] == 1, bytes.subspan(1));
    } else if (reports_ != nullptr) {
      reports_->put_frame(end, frame);
    }
  }
  if (end.has_ended()) host_.pipe_ended(end);
}

void Publisher::take_request(PipeEnd& end, bool subscribe, Bytes topic) {
  const bool is_news = apply(end, subscribe, topic);
  if (is_news && reports_ != nullptr) {
    reports_->put_request(end, pipes_.ticket(end), subscribe, topic);
  }
}

// Whether the application is to hear of it.
bool Publisher::apply(PipeEnd& end, bool subscribe, Bytes topic) {
  const bool is_manual_mode = is_manual();
  Subscriptions& table = is_manual_mode ? claimed_ : wanted_;
  if (subscribe) {
    const Subscriptions::Added added = table.add(topic, end.tag);
    if (added == Subscriptions::Added::no_memory) return false;
    return added == Subscriptions::Added::first_of_prefix || is_manual_mode ||
           options().xpub_verbose || options().xpub_verboser;
  }
  // A cancellation of what was never subscribed is told, too, as the reference does.
  const Subscriptions::Removed removed = table.remove(topic, end.tag);
  return removed != Subscriptions::Removed::others_remain || is_manual_mode ||
         options().xpub_verboser;
}

// ---- manual mode

int Publisher::subscribe(Bytes topic) {
  PipeEnd* end = pipes_.find(requester_);
  if (end == nullptr) return 0;
  return wanted_.add(topic, end->tag) == Subscriptions::Added::no_memory ? ENOMEM : 0;
}

int Publisher::unsubscribe(Bytes topic) {
  const PipeEnd* end = pipes_.find(requester_);
  if (end != nullptr) (void)wanted_.remove(topic, end->tag);
  return 0;
}

// ---- what goes out

int Publisher::choose(Bytes message) {
  const PatternOptions& options = this->options();
  // Answered or not, and although it may have gone by now: the message was not meant for others.
  const bool is_last_value_mode = options.xpub_manual && options.xpub_manual_last_value;
  const bool is_for_requester = is_last_value_mode && requester_.serial != 0;
  const PipeEnd* requester = is_for_requester ? pipes_.find(requester_) : nullptr;
  wanted_.match(message, [&](std::uint32_t pipe) {
    PipeEnd& end = pipes_[pipe];
    if (Distributor::holds(end) && (!is_for_requester || &end == requester)) out_.choose(end);
  });
  if (options.invert_matching) out_.invert_choice();
  if (options.xpub_nodrop && !out_.has_room()) {
    out_.choose_nobody();
    return EAGAIN;
  }
  if (is_for_requester) requester_ = {};
  return 0;
}

bool Publisher::can_send() {
  return !options().xpub_nodrop || out_.is_within_message() || out_.has_room_everywhere();
}

}  // namespace zmqng
