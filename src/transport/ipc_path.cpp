#include "transport/ipc_path.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/fd.h"

namespace zmqng {
namespace {

enum class Occupant { none, dead_socket, empty_file, somebody };

// Asks without disturbing: connecting a *datagram* socket to a bound stream socket fails with
// EPROTOTYPE, whether it listens already or not; to a file nobody has open, with ECONNREFUSED.
Occupant occupant_of(const SocketAddress& address, const std::string& path) {
  struct stat file;
  if (::lstat(path.c_str(), &file) != 0) {
    return errno == ENOENT ? Occupant::none : Occupant::somebody;
  }
  if (S_ISREG(file.st_mode)) {
    return file.st_size == 0 ? Occupant::empty_file : Occupant::somebody;
  }
  if (!S_ISSOCK(file.st_mode)) return Occupant::somebody;
  const Fd probe(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe.is_open()) return Occupant::somebody;
  if (::connect(probe.get(), address.data(), address.length()) == 0) return Occupant::somebody;
  if (errno == ENOENT) return Occupant::none;
  return errno == ECONNREFUSED ? Occupant::dead_socket : Occupant::somebody;
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Two processes that find the same dead socket must not remove each other's new one. Held on the
// directory, so nothing is left behind. Best effort: where it cannot be had, the race remains.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& directory)
      : fd_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (!fd_.is_open()) return;
    // Replacing a file takes microseconds; whoever holds the lock for longer is somebody else.
    constexpr int kTriesMax = 100;
    for (int i = 0; i < kTriesMax && ::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
      ::poll(nullptr, 0, 1);
    }
  }

 private:
  Fd fd_;  // closing it unlocks
};

Error try_bind(int fd, const SocketAddress& address) {
  if (::bind(fd, address.data(), address.length()) == 0) return {};
  return Error{errno};
}

std::string absolute(const std::string& path) {
  if (path.front() == '/') return path;
  char* here = ::get_current_dir_name();
  if (here == nullptr) return path;
  std::string result = std::string(here) + "/" + path;
  std::free(here);
  return result;
}

}  // namespace

Error bind_path(int fd, const SocketAddress& address, const std::string& path) {
  const Error first = try_bind(fd, address);
  if (first.code != EADDRINUSE) return first;
  const DirectoryLock lock(directory_of(path));
  if (occupant_of(address, path) == Occupant::somebody) return first;
  ::unlink(path.c_str());
  return try_bind(fd, address);
}

Result<std::string> make_socket_directory() {
  std::string base;
  for (const char* variable : {"TMPDIR", "TEMPDIR", "TMP"}) {
    const char* value = std::getenv(variable);
    struct stat file;
    if (value == nullptr || ::stat(value, &file) != 0 || !S_ISDIR(file.st_mode)) continue;
    base = value;
    if (base.back() != '/') base += '/';
    break;
  }
  std::string directory = base + "tmpXXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) return Error{errno};
  return directory;
}

OwnedPath own_path(const std::string& path) {
  OwnedPath owned;
  struct stat file;
  if (::lstat(path.c_str(), &file) != 0) return owned;
  owned.path = absolute(path);  // the process may change its working directory
  owned.device = file.st_dev;
  owned.inode = file.st_ino;
  return owned;
}

Error remove_owned(const OwnedPath& owned) {
  if (owned.path.empty()) return {};
  struct stat file;
  if (::lstat(owned.path.c_str(), &file) != 0) return Error{errno == ENOENT ? 0 : errno};
  if (file.st_dev != owned.device || file.st_ino != owned.inode) return {};
  if (::unlink(owned.path.c_str()) != 0) return Error{errno};
  if (!owned.directory.empty() && ::rmdir(owned.directory.c_str()) != 0) return Error{errno};
  return {};
}

}  // namespace zmqng
