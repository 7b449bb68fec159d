// zmq_msg_*: messages by themselves. See include/zmq.h for what each call means.

#include <zmq.h>

#include <cstring>
#include <new>
#include <string_view>

#include "capi/handles.h"
#include "capi/message_access.h"

using zmqng::fail;
using zmqng::Message;
using zmqng::to_message;

static_assert(sizeof(zmq_msg_t) == sizeof(Message));
static_assert(alignof(zmq_msg_t) == alignof(Message));

extern "C" {

int zmq_msg_init(zmq_msg_t* msg) {
  if (msg == nullptr) return fail(EFAULT);
  new (msg) Message;
  return 0;
}

int zmq_msg_init_size(zmq_msg_t* msg, size_t size) {
  if (msg == nullptr) return fail(EFAULT);
  auto* message = new (msg) Message;
  if (message->resize(size)) return 0;
  message->close();
  return fail(ENOMEM);
}

int zmq_msg_init_data(zmq_msg_t* msg, void* data, size_t size, zmq_free_fn* free_fn, void* hint) {
  if (msg == nullptr) return fail(EFAULT);
  if (data == nullptr && size != 0) return fail(EINVAL);
  auto* message = new (msg) Message;
  if (free_fn == nullptr) {
    message->refer_to_constant(data, size);
    return 0;
  }
  zmqng::Body* body = zmqng::make_user_body(data, free_fn, hint);
  if (body == nullptr) {
    message->close();
    return fail(ENOMEM);
  }
  message->adopt_user_data(body, static_cast<std::uint8_t*>(data), size);
  return 0;
}

int zmq_msg_close(zmq_msg_t* msg) {
  Message* message = to_message(msg);
  if (message == nullptr) return fail(EFAULT);
  message->close();
  return 0;
}

int zmq_msg_move(zmq_msg_t* dest, zmq_msg_t* source) {
  Message* to = to_message(dest);
  Message* from = to_message(source);
  if (to == nullptr || from == nullptr) return fail(EFAULT);
  if (to == from) {
    *to = Message();  // as the reference: moved away from is empty
  } else {
    *to = std::move(*from);
  }
  return 0;
}

int zmq_msg_copy(zmq_msg_t* dest, zmq_msg_t* source) {
  Message* to = to_message(dest);
  Message* from = to_message(source);
  if (to == nullptr || from == nullptr) return fail(EFAULT);
  to->share(*from);
  return 0;
}

void* zmq_msg_data(zmq_msg_t* msg) {
  Message* message = to_message(msg);
  return message != nullptr ? message->data() : nullptr;
}

size_t zmq_msg_size(const zmq_msg_t* msg) {
  const Message* message = to_message(msg);
  return message != nullptr ? message->size() : 0;
}

int zmq_msg_more(const zmq_msg_t* msg) {
  const Message* message = to_message(msg);
  return message != nullptr && message->has_more() ? 1 : 0;
}

int zmq_msg_get(const zmq_msg_t* msg, int property) {
  const Message* message = to_message(msg);
  switch (property) {
    case ZMQ_MORE:
      return zmq_msg_more(msg);
    case ZMQ_SRCFD:
      if (message == nullptr || message->peer() == nullptr) return fail(EINVAL);
      return message->peer()->fd();
    case ZMQ_SHARED:
      return message != nullptr && (message->is_constant() || message->is_shared_copy()) ? 1 : 0;
    default:
      return fail(EINVAL);
  }
}

// No property can be set.
int zmq_msg_set(zmq_msg_t*, int, int) {
  return fail(EINVAL);
}

const char* zmq_msg_gets(const zmq_msg_t* msg, const char* name) {
  const Message* message = to_message(msg);
  const char* value = nullptr;
  if (message != nullptr && name != nullptr && message->peer() != nullptr) {
    value = message->peer()->find(name);
    // The routing id travels under its older name.
    if (value == nullptr && std::string_view(name) == "Routing-Id") {
      value = message->peer()->find("Identity");
    }
  }
  if (value == nullptr) errno = EINVAL;
  return value;
}

}  // extern "C"
