#include "sim/sim_socket.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.h"

namespace zmqng {

SimSocket::SimSocket(World& world, SocketType type)
    : world_(world), type_(type), mailbox_(new Mailbox) {}

SimSocket::~SimSocket() {
  EXPECT_EQ(refs_, 1);
  EXPECT_EQ(links_, 0);
  EXPECT_EQ(listeners_, 0);
  EXPECT_TRUE(ends_.empty());
  EXPECT_TRUE(offered_.empty());
  mailbox_->close();
  mailbox_->drop();
}

LinkSettings* SimSocket::make_settings(const std::string& address) {
  auto* settings = new LinkSettings(new LinkOptions(options, TransportOptions{}));
  settings->type = type_;
  settings->transport = &world_.network;
  settings->address = address;
  settings->endpoint = "sim://" + address;
  settings->endpoint_id = next_endpoint_id_++;
  return settings;
}

// ---- what a program does

void SimSocket::bind(std::uint16_t port) {
  const std::string address = std::to_string(port);
  ListenOutcome outcome = world_.network.listen(address, {});
  ASSERT_TRUE(outcome.ok());
  listener_ =
      Listener::make(*this, world_.reactor(), make_settings(address), std::move(outcome.listening));
  listener_->start();
}

void SimSocket::unbind() {
  listener_->stop();
  listener_->drop();
  listener_ = nullptr;
  for (Near& entry : ends_) entry.near->shut_write(options.linger);
  for (Link* link : running_) link->post_stop(options.linger);
}

void SimSocket::connect(const std::string& address) {
  LinkSettings* settings = make_settings(address);
  Pipe* pipe = nullptr;
  if (!options.immediate) {
    pipe = Pipe::make(settings->conflates(), settings->conflates());
    PipeEnd& near = pipe->a();
    near.set_mailbox(*mailbox_);
    near.is_dialed = true;
    near.endpoint_id = settings->endpoint_id;
    near.set_out_limit(static_cast<std::uint32_t>(options.sndhwm));
    near.set_in_limit(static_cast<std::uint32_t>(options.rcvhwm));
  }
  Link* link =
      Link::make_dialed(*this, world_.reactor(), settings, pipe != nullptr ? &pipe->b() : nullptr);
  if (pipe != nullptr) adopt(pipe->a());
  link->start();
}

void SimSocket::adopt(PipeEnd& near) {
  ends_.push_back({&near, pipes_adopted_++, true, {}});
  near.adopt(*this);
  for (const std::string& topic : topics_) {
    EXPECT_TRUE(near.write_subscription(true, as_bytes(topic)));
  }
  near.publish();
}

void SimSocket::write(PipeEnd& near, const Frames& frames, bool is_whole) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    Message message;
    EXPECT_TRUE(message.assign(as_bytes(frames[i])));
    const bool more = !is_whole || i + 1 < frames.size();
    EXPECT_TRUE(near.write({message.bytes(), more, &message}));
  }
}

bool SimSocket::send(const Frames& frames) {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    PipeEnd& near = *ends_[next_pipe_++ % ends_.size()].near;
    if (near.has_shut_write() || !near.can_write()) continue;
    write(near, frames, true);
    near.publish();
    return true;
  }
  return false;
}

void SimSocket::begin(const Frames& frames) {
  write(pipe(), frames, false);
}

void SimSocket::subscribe(const std::string& topic) {
  topics_.push_back(topic);
  for (Near& entry : ends_) {
    EXPECT_TRUE(entry.near->write_subscription(true, as_bytes(topic)));
    entry.near->publish();
  }
}

void SimSocket::set_reads(bool reads) {
  reads_ = reads;
  for (Near& entry : ends_) entry.must_read = true;
}

void SimSocket::stop_links_and_pipes() {
  for (Near& entry : ends_) entry.near->leave(linger_);
  ends_.clear();
  for (Link* link : running_) link->post_stop(linger_);
}

void SimSocket::close(int linger_ms) {
  linger_ = linger_ms;
  is_closed_ = true;
  if (listener_ != nullptr) {
    listener_->stop();
    listener_->drop();
    listener_ = nullptr;
  }
  while (!offered_.empty()) {
    offered_.front()->leave(linger_);
    offered_.pop_front();
  }
  stop_links_and_pipes();
  mailbox_->close();
}

// ---- serving

SimSocket::Near* SimSocket::find(PipeEnd& near) {
  const auto it = std::find_if(ends_.begin(), ends_.end(),
                               [&](const Near& entry) { return entry.near == &near; });
  return it == ends_.end() ? nullptr : &*it;
}

void SimSocket::pipe_readable(PipeEnd& end) {
  if (Near* entry = find(end)) entry->must_read = true;
}

void SimSocket::pipe_restarted(PipeEnd& end) {
  if (type_ != SocketType::sub && type_ != SocketType::xsub) return;
  EXPECT_TRUE(end.write_restart());
  for (const std::string& topic : topics_) {
    EXPECT_TRUE(end.write_subscription(true, as_bytes(topic)));
  }
  end.publish();
}

void SimSocket::serve() {
  if (sleeps || is_closed_) return;
  mailbox_->serve_all();
  while (!offered_.empty()) {
    PipeEnd& near = *offered_.front();
    offered_.pop_front();
    adopt(near);
  }
  if (!reads_) return;
  for (std::size_t i = 0; i < ends_.size();) {
    PipeEnd& near = *ends_[i].near;
    if (ends_[i].must_read) read(ends_[i]);
    if (near.has_ended()) {
      near.leave(linger_);
      ends_.erase(ends_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

// Reads only what it was told of: a notice that does not come shows as a message that does not.
void SimSocket::read(Near& entry) {
  entry.must_read = false;
  Message message;
  while (entry.near->read(message) == PipeEnd::Read::got) {
    std::string text(as_text(message.bytes()));
    if (message.role() != Message::Role::data) {
      text.insert(0, message.role() == Message::Role::subscribe ? "+" : "-");
    }
    entry.partial.push_back(std::move(text));
    if (message.has_more()) continue;
    inbox.push_back(std::exchange(entry.partial, {}));
    origins.push_back(entry.number);
  }
  EXPECT_TRUE(entry.partial.empty()) << "half a message";
}

// ---- LinkHost

bool SimSocket::offer(PipeEnd& near) {
  if (is_closed_) return false;
  offered_.push_back(&near);
  return true;
}

bool SimSocket::take_back(PipeEnd& near) {
  return std::erase(offered_, &near) != 0;
}

void SimSocket::emit(Kind kind, std::uint64_t value, const std::string&) {
  events.push_back({kind, value, SimClock::now()});
}

std::size_t SimSocket::count(Kind kind) const {
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [&](const Event& event) { return event.kind == kind; }));
}

std::optional<SimSocket::Event> SimSocket::last(Kind kind) const {
  for (auto it = events.rbegin(); it != events.rend(); ++it) {
    if (it->kind == kind) return *it;
  }
  return std::nullopt;
}

void SimSocket::link_started(Link& link) {
  running_.push_back(&link);
  ++links_;
  if (is_closed_ || stops_links_early) link.post_stop(linger_);
  if (stops_links_early) world_.reactor().run_once(0);
}

void SimSocket::link_finished(Link& link) {
  std::erase(running_, &link);
  --links_;
}

Reactor& SimSocket::choose_reactor(std::uint64_t) {
  return world_.reactor();
}
Resolver& SimSocket::resolver() {
  return world_.resolver;
}
std::uint32_t SimSocket::random() {
  return static_cast<std::uint32_t>(world_.rng());
}

}  // namespace zmqng
