// Bench: one Pattern under test. It is the Socket (owns the near ends, serves the mailbox), and
// each Remote is what stands at the other side of one pipe.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pattern/pattern.h"

namespace zmqng {

// A message as the frames it has. Subscriptions read as "+topic" and "-topic".
using Frames = std::vector<std::string>;

inline std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (int value : values) text.push_back(static_cast<char>(value));
  return text;
}

// The far side of a pipe; nothing but a reader and writer.
class Remote final : public PipeOwner {
 public:
  Remote(PipeEnd& far, Mailbox& mailbox) : far_(&far) {
    far.set_mailbox(mailbox);
    far.adopt(*this);
  }
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;
  ~Remote() { leave(); }

  void pipe_readable(PipeEnd&) override {}
  void pipe_writable(PipeEnd&) override {}
  void pipe_closing(PipeEnd&) override { is_peer_gone = true; }
  void pipe_restarted(PipeEnd&) override {}

  PipeEnd& near() { return far_->peer(); }
  PipeEnd& far() { return *far_; }

  // Says who it is; before anything else.
  void introduce(const std::string& identity) {
    ASSERT_TRUE(far_->write_peer(new PeerInfo(identity, {{"Identity", identity}}, -1)));
    far_->publish();
  }
  [[nodiscard]] bool has_room() { return far_->can_write(); }
  void send(const Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      Message message;
      ASSERT_TRUE(message.assign(as_bytes(frames[i])));
      ASSERT_TRUE(far_->write({message.bytes(), i + 1 < frames.size(), &message}));
    }
    far_->publish();
  }
  void subscribe(const std::string& topic) { command(true, topic); }
  void cancel(const std::string& topic) { command(false, topic); }
  void command(bool subscribe, const std::string& topic) {
    ASSERT_TRUE(far_->write_subscription(subscribe, as_bytes(topic)));
    far_->publish();
  }

  // The next whole message.
  std::optional<Frames> recv() {
    Frames frames;
    for (;;) {
      Message message;
      if (far_->read(message) != PipeEnd::Read::got) {
        EXPECT_TRUE(frames.empty()) << "half a message";
        return std::nullopt;
      }
      std::string text(as_text(message.bytes()));
      if (message.role() != Message::Role::data) {
        text.insert(0, message.role() == Message::Role::subscribe ? "+" : "-");
      }
      frames.push_back(std::move(text));
      if (!message.has_more()) return frames;
    }
  }
  std::vector<Frames> recv_all() {
    std::vector<Frames> all;
    while (auto frames = recv()) all.push_back(*frames);
    return all;
  }

  void leave() {
    if (far_ != nullptr) std::exchange(far_, nullptr)->leave(0);
  }
  bool has_left() const { return far_ == nullptr; }

  bool is_peer_gone = false;

 private:
  PipeEnd* far_;
};

class Bench final : public PatternHost, public PipeOwner {
 public:
  struct Joining {
    std::optional<std::string> identity = "";  // nothing: not known yet
    std::uint32_t hwm = 0;                     // of both directions
    bool is_local = false;
  };

  explicit Bench(int socket_type, SocketOptions socket_options = {})
      : mailbox_(new Mailbox), far_mailbox_(new Mailbox), options_(std::move(socket_options)) {
    pattern_ = make_pattern(socket_type, *this);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    while (!ends_.empty()) let_go(*ends_.back());
    remotes_.clear();
    mailbox_->close();
    far_mailbox_->close();
    mailbox_->drop();
    far_mailbox_->drop();
  }

  // ---- PatternHost, PipeOwner

  const SocketOptions& options() const override { return options_; }
  void pipe_ended(PipeEnd& end) override { doom(end); }
  void drop_pipe(PipeEnd& end) override {
    ++dropped;
    doom(end);
  }
  std::uint32_t random() override { return 0x01020304; }
  void pipe_readable(PipeEnd& end) override {
    if (!is_doomed(end)) pattern_->readable(end);
  }
  void pipe_writable(PipeEnd& end) override {
    if (!is_doomed(end)) pattern_->writable(end);
  }
  void pipe_closing(PipeEnd& end) override {
    if (!is_doomed(end)) pattern_->closing(end);
  }
  void pipe_restarted(PipeEnd& end) override {
    if (!is_doomed(end)) pattern_->restarted(end);
  }

  // ---- what a Socket does

  PatternOptions& pattern_options() { return options_.pattern; }
  Pattern& pattern() { return *pattern_; }

  Remote& join() { return join(Joining{}); }
  Remote& join(const std::string& identity) { return join(Joining{identity, 0, false}); }
  Remote& join_with_room(std::uint32_t hwm) { return join(Joining{"", hwm, false}); }
  Remote& join(const Joining& how) {
    Pipe* pipe = Pipe::make(false, false);
    pipe->a().set_mailbox(*mailbox_);
    pipe->a().set_out_limit(how.hwm);
    pipe->a().set_in_limit(how.hwm);
    pipe->a().is_local = how.is_local;
    remotes_.push_back(std::make_unique<Remote>(pipe->b(), *far_mailbox_));
    Remote& remote = *remotes_.back();
    if (how.identity) remote.introduce(*how.identity);
    serve();
    ends_.push_back(&pipe->a());
    pipe->a().adopt(*this);
    (void)pipe->a().can_read();
    pattern_->attach(pipe->a());
    settle();
    return remote;
  }
  // As zmq_disconnect does.
  void disconnect(Remote& remote) { let_go(remote.near()); }
  // As zmq_unbind does.
  void shut(Remote& remote) {
    remote.near().shut_write(0);
    pattern_->closing(remote.near());
    settle();
  }
  bool holds(PipeEnd& end) const {
    return std::find(ends_.begin(), ends_.end(), &end) != ends_.end();
  }
  std::size_t pipes() const { return ends_.size(); }

  void serve() {
    mailbox_->serve_all();
    far_mailbox_->serve_all();
    settle();
  }

  // Sends whole messages; the first error ends it.
  int send(const Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const int error = send_frame(frames[i], i + 1 < frames.size());
      if (error != 0) return error;
    }
    return 0;
  }
  int send_frame(const std::string& text, bool more) {
    serve();
    Message message;
    EXPECT_TRUE(message.assign(as_bytes(text)));
    const int error = pattern_->send({message.bytes(), more, &message});
    settle();
    return error;
  }
  int recv_frame(Message& message) {
    serve();
    const int error = pattern_->recv(message);
    settle();
    return error;
  }
  // The next whole message; nothing if recv answers with an errno, which is kept in `last_error`.
  std::optional<Frames> recv() {
    Frames frames;
    for (;;) {
      Message message;
      last_error = recv_frame(message);
      if (last_error != 0) {
        EXPECT_TRUE(frames.empty()) << "half a message";
        return std::nullopt;
      }
      EXPECT_EQ(message.role(), Message::Role::data);
      frames.emplace_back(as_text(message.bytes()));
      if (!message.has_more()) return frames;
    }
  }
  std::vector<Frames> recv_all() {
    std::vector<Frames> all;
    while (auto frames = recv()) all.push_back(*frames);
    return all;
  }
  bool can_send() {
    serve();
    const bool can = pattern_->can_send();
    settle();
    return can;
  }
  bool can_recv() {
    serve();
    const bool can = pattern_->can_recv();
    settle();
    return can;
  }

  int last_error = 0;
  int dropped = 0;  // connections the pattern wanted to be closed

 private:
  bool is_doomed(PipeEnd& end) const {
    return std::find(doomed_.begin(), doomed_.end(), &end) != doomed_.end();
  }
  void doom(PipeEnd& end) {
    if (!is_doomed(end)) doomed_.push_back(&end);
  }
  void settle() {
    while (!doomed_.empty()) let_go(*doomed_.back());
  }
  void let_go(PipeEnd& end) {
    std::erase(doomed_, &end);
    pattern_->detach(end);
    EXPECT_EQ(end.queue_index, PipeEnd::kNowhere);
    EXPECT_EQ(end.balance_index, PipeEnd::kNowhere);
    std::erase(ends_, &end);
    end.leave(0);
  }

  Mailbox* mailbox_;
  Mailbox* far_mailbox_;
  SocketOptions options_;
  std::unique_ptr<Pattern> pattern_;
  std::vector<PipeEnd*> ends_;
  std::vector<PipeEnd*> doomed_;
  std::vector<std::unique_ptr<Remote>> remotes_;
};

inline constexpr int kPair = 0;
inline constexpr int kPub = 1;
inline constexpr int kSub = 2;
inline constexpr int kReq = 3;
inline constexpr int kRep = 4;
inline constexpr int kDealer = 5;
inline constexpr int kRouter = 6;
inline constexpr int kPull = 7;
inline constexpr int kPush = 8;
inline constexpr int kXpub = 9;
inline constexpr int kXsub = 10;
inline constexpr int kStream = 11;

}  // namespace zmqng
