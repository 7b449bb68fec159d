// SimSocket: what a Link sees of a socket, without a Pattern: it offers messages to its pipes in
// turn, collects what comes in, and notes what it is told. Its program can be made to sleep.
//
// Owner: World, which also lets it look at its mailbox after every turn. Threads: the test's.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "link/link.h"
#include "link/link_host.h"
#include "link/listener.h"

namespace zmqng {

class World;

// A message as the frames it has. Subscriptions read as "+topic" and "-topic".
using Frames = std::vector<std::string>;

class SimSocket final : public LinkHost, public PipeOwner {
 public:
  using Kind = MonitorEventKind;
  struct Event {
    Kind kind;
    std::uint64_t value;
    Millis at;
  };

  SimSocket(World& world, SocketType type);
  SimSocket(const SimSocket&) = delete;
  SimSocket& operator=(const SimSocket&) = delete;
  ~SimSocket();

  SocketOptions options;

  // --- what a program does

  void bind(std::uint16_t port);
  void unbind();
  void connect(const std::string& address);
  void disconnect() { stop_links_and_pipes(); }
  // False: every pipe is full, or there is none.
  bool send(const Frames& frames);
  // Parts of a message that are written, but not published.
  void begin(const Frames& frames);
  void subscribe(const std::string& topic);
  // Messages that came in and that nobody has taken yet.
  std::deque<Frames> inbox;
  // For each of them the number of the pipe it came through: pipes are counted as they are adopted.
  std::deque<int> origins;
  // Stops, or starts again, taking messages out of the pipes: they fill up.
  void set_reads(bool reads);
  // Links are asked to stop, and their reactor serves that, before they are started.
  bool stops_links_early = false;
  // The program does nothing at all: it does not even learn of new pipes.
  bool sleeps = false;
  void close(int linger_ms);

  // --- what tests ask

  bool is_closed() const { return is_closed_; }
  bool is_done() const { return refs_ == 1; }
  int links() const { return links_; }
  std::size_t pipes() const { return ends_.size(); }
  std::size_t offered() const { return offered_.size(); }
  PipeEnd& pipe(std::size_t index = 0) { return *ends_.at(index).near; }
  std::vector<Event> events;
  std::size_t count(Kind kind) const;
  std::optional<Event> last(Kind kind) const;
  std::vector<std::uint64_t> gone_endpoints;

  // Serves the mailbox and the pipes that have something.
  void serve();

  // --- LinkHost

  void add_ref() override { ++refs_; }
  void drop() override { --refs_; }
  Mailbox& mailbox() override { return *mailbox_; }
  bool offer(PipeEnd& near) override;
  bool take_back(PipeEnd& near) override;
  void endpoint_gone(std::uint64_t id) override { gone_endpoints.push_back(id); }
  bool has_stopped_reconnecting() const override { return false; }
  void emit(Kind kind, std::uint64_t value, const std::string& address) override;
  void link_started(Link& link) override;
  void link_finished(Link& link) override;
  void listener_started() override { ++listeners_; }
  void listener_finished() override { --listeners_; }
  Reactor& choose_reactor(std::uint64_t) override;
  Resolver& resolver() override;
  std::uint32_t random() override;

  // --- PipeOwner

  void pipe_readable(PipeEnd& end) override;
  void pipe_writable(PipeEnd&) override {}
  void pipe_closing(PipeEnd& end) override { pipe_readable(end); }
  void pipe_restarted(PipeEnd& end) override;

 private:
  struct Near {
    PipeEnd* near;
    int number;
    bool must_read;
    Frames partial;
  };

  LinkSettings* make_settings(const std::string& address);
  void adopt(PipeEnd& near);
  void read(Near& entry);
  Near* find(PipeEnd& near);
  void stop_links_and_pipes();
  void write(PipeEnd& near, const Frames& frames, bool is_whole);

  World& world_;
  const SocketType type_;
  Mailbox* mailbox_;
  Listener* listener_ = nullptr;
  std::deque<PipeEnd*> offered_;
  std::vector<Near> ends_;
  std::vector<Link*> running_;
  std::vector<std::string> topics_;
  std::uint64_t next_endpoint_id_ = 1;
  std::size_t next_pipe_ = 0;
  int pipes_adopted_ = 0;
  int linger_ = 0;
  int refs_ = 1;
  int links_ = 0;
  int listeners_ = 0;
  bool reads_ = true;
  bool is_closed_ = false;
};

}  // namespace zmqng
