// Directory: the inproc names of one context, and the connections that wait for a name to be bound.
//
// Owner: Context. Threads: any, under its mutex.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "socket/socket_host.h"

namespace zmqng {

class Directory {
 public:
  Directory() = default;
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  // Also gives the binder whoever has connected to the name before. EADDRINUSE.
  Error bind(const std::string& name, const InprocSide& side);
  // ENOENT.
  Error unbind(const std::string& name, const PipeTaker& taker);
  void connect(const std::string& name, PipeEnd& far, const InprocSide& side);
  // See SocketHost::withdraw_inproc.
  void withdraw(const std::string& name, PipeEnd& far);
  // Drops the connections that still wait.
  void clear();

 private:
  struct Waiting {
    PipeEnd* far;
    int sndhwm;
    int rcvhwm;
  };

  static void join(const InprocSide& binder, const Waiting& connecter);

  std::mutex mutex_;
  std::map<std::string, InprocSide> bound_;
  std::multimap<std::string, Waiting> waiting_;
};

}  // namespace zmqng
