#include "transport/socket_stream.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace zmqng {
namespace {

// Whatever is not "later" ends the connection, also errors that are not about it, such as ENOMEM:
// the bytes of a stream cannot be skipped, and the peers will connect again.
IoResult io_failure(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return IoResult::later();
  return IoResult::failed(error);
}

}  // namespace

IoResult SocketStream::read(MutableBytes into) {
  if (into.empty()) return IoResult::moved(0);
  while (true) {
    const ssize_t n = ::recv(fd_.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (n > 0) return IoResult::moved(static_cast<std::size_t>(n));
    if (n == 0) return IoResult::ended();
    if (errno != EINTR) return io_failure(errno);
  }
}

IoResult SocketStream::write(const iovec* parts, int count) {
  msghdr header{};
  header.msg_iov = const_cast<iovec*>(parts);
  header.msg_iovlen = static_cast<std::size_t>(std::min(count, kWritePartsMax));
  while (true) {
    const ssize_t n = ::sendmsg(fd_.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) return IoResult::moved(static_cast<std::size_t>(n));
    if (errno != EINTR) return io_failure(errno);
  }
}

void SocketStream::shutdown_write() {
  ::shutdown(fd_.get(), SHUT_WR);
}

void SocketStream::end_polling() {
  ::shutdown(fd_.get(), SHUT_RDWR);
}

std::size_t SocketStream::pending_output() const {
  int bytes = 0;
  if (::ioctl(fd_.get(), SIOCOUTQ, &bytes) != 0 || bytes < 0) return 0;
  return static_cast<std::size_t>(bytes);
}

std::string SocketStream::peer_address() const {
  const auto remote = remote_.is_empty() ? SocketAddress::remote_of(fd_.get()) : remote_;
  if (remote.family() != AF_UNIX) return remote.host();
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return "";
  // As measured on the reference, which names the host of a unix socket so.
  return "localhost:" + std::to_string(peer.uid) + ":" + std::to_string(peer.gid) + ":" +
         std::to_string(peer.pid);
}

}  // namespace zmqng
