// SocketStream: the Stream over a connected, non-blocking stream socket.
#pragma once

#include "base/fd.h"
#include "transport/address.h"
#include "transport/stream.h"

namespace zmqng {

class SocketStream final : public Stream {
 public:
  // `remote`: as accept() told it, since the kernel forgets the address of a peer that has reset
  // the connection; empty: ask the kernel.
  explicit SocketStream(Fd fd, SocketAddress remote = {})
      : fd_(std::move(fd)), remote_(std::move(remote)) {}

  using Stream::write;
  IoResult read(MutableBytes into) override;
  IoResult write(const iovec* parts, int count) override;
  int fd() const override { return fd_.get(); }
  void shutdown_write() override;
  void end_polling() override;
  std::size_t pending_output() const override;
  std::string peer_address() const override;

 private:
  Fd fd_;
  SocketAddress remote_;
};

}  // namespace zmqng
