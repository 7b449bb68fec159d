#include "transport/stream.h"

#include <cerrno>

namespace zmqng {

int IoResult::end_error() const {
  return status == Status::lost ? error : EPIPE;
}

IoResult Stream::write(Bytes bytes) {
  const iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  return write(&part, 1);
}

}  // namespace zmqng
