// What several patterns do to a pipe besides sending and receiving.
#pragma once

#include "pattern/pattern.h"

namespace zmqng {

// Takes in and throws away what there is, so that the end of the pipe is noticed.
inline void discard_input(PipeEnd& end, PatternHost& host) {
  if (end.has_ended()) return;
  Message unwanted;
  while (end.read(unwanted) == PipeEnd::Read::got) {
  }
  if (end.has_ended()) host.pipe_ended(end);
}

// ZMQ_PROBE_ROUTER: an empty message tells a ROUTER at the other side who is there.
inline void send_probe(PipeEnd& end, PatternHost& host) {
  if (!host.options().pattern.probe_router || !end.can_write()) return;
  if (end.write({})) end.publish();
}

// Makes the message a fresh one of this content. False: no memory.
[[nodiscard]] inline bool fill(Message& message, Bytes content, bool more, PeerInfo* peer) {
  if (!message.assign(content)) return false;
  message.set_more(more);
  message.set_role(Message::Role::data);
  message.set_peer(peer);
  return true;
}

}  // namespace zmqng
