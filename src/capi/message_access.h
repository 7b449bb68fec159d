// A zmq_msg_t is a Message. Only capi includes this.
#pragma once

#include <zmq.h>

#include "message/message.h"

namespace zmqng {

// nullptr for NULL and for memory that holds no message.
inline Message* to_message(zmq_msg_t* msg) {
  auto* message = reinterpret_cast<Message*>(msg);
  return message != nullptr && message->is_valid() ? message : nullptr;
}

inline const Message* to_message(const zmq_msg_t* msg) {
  auto* message = reinterpret_cast<const Message*>(msg);
  return message != nullptr && message->is_valid() ? message : nullptr;
}

}  // namespace zmqng
