// Every interleaving of the owners of the two ends of a Pipe: messages, room, adoption, leaving.

#include "pipe/pipe.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "explore/explorer.h"
#include "explore/sleep.h"

namespace zmqng {
namespace {

using explore::Outcome;
using explore::Program;
using explore::require;

// An owner of one end with a mailbox of its own: a socket, more or less.
class Owner final : public PipeOwner {
 public:
  explicit Owner(PipeEnd& end) : end_(&end), mailbox_(new Mailbox) {}
  ~Owner() { mailbox_->drop(); }

  Mailbox& mailbox() { return *mailbox_; }
  void adopt() { end_->adopt(*this); }

  void pipe_readable(PipeEnd&) override {}
  void pipe_writable(PipeEnd&) override {}
  void pipe_closing(PipeEnd&) override { is_peer_gone = true; }
  void pipe_restarted(PipeEnd&) override {}

  void send(std::uint8_t value) {
    while (!end_->can_write()) sleep();
    require(end_->write({{&value, 1}, false, nullptr}), "no memory");
    end_->publish();
  }

  // Reads to the end.
  void receive_all() {
    for (;;) {
      Message message;
      switch (end_->read(message)) {
        case PipeEnd::Read::got:
          received.push_back(message.bytes()[0]);
          break;
        case PipeEnd::Read::empty:
          sleep();
          break;
        case PipeEnd::Read::ended:
          return;
      }
    }
  }

  void wait_for_the_peer_to_leave() {
    while (!is_peer_gone) sleep();
  }

  void leave() {
    std::exchange(end_, nullptr)->leave(0);
    mailbox_->close();
  }

  std::vector<int> received;
  bool is_peer_gone = false;

 private:
  void sleep() { sleep_on(*mailbox_); }

  PipeEnd* end_;
  Mailbox* mailbox_;
};

// A witness that the Pipe was freed: it holds a message by reference.
struct Scene {
  explicit Scene(bool conflates)
      : pipe(Pipe::make(conflates, conflates)), left(pipe->a()), right(pipe->b()) {
    pipe->a().set_mailbox(left.mailbox());
    pipe->b().set_mailbox(right.mailbox());
  }

  void add_witness(PipeEnd& end) {
    static std::uint8_t nothing[YPipe::kCopyMax + 1];
    Message message;
    message.adopt(make_user_body(nothing, count_down, &witnesses), nothing, sizeof nothing);
    ++witnesses;
    require(end.write({message.bytes(), false, &message}), "no memory");
    end.publish();
  }
  static void count_down(void*, void* hint) { --*static_cast<int*>(hint); }

  int witnesses = 0;
  Pipe* pipe;
  Owner left;
  Owner right;
};

void expect_success(const Outcome& outcome) {
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
  ::testing::Test::RecordProperty("schedules", std::to_string(outcome.schedules));
}

TEST(PipeExplored, EveryMessageArrivesWithinTheLimitAndThenTheEnd) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>(false);
        scene->pipe->a().set_out_limit(1);
        scene->left.adopt();
        scene->right.adopt();
        return Program{{[=] {
                          for (std::uint8_t i = 1; i <= 3; ++i) scene->left.send(i);
                          scene->left.leave();
                        },
                        [=] {
                          scene->right.receive_all();
                          scene->right.leave();
                        }},
                       [=] {
                         require(scene->right.received == std::vector<int>({1, 2, 3}),
                                 "something else arrived");
                       }};
      },
      {.preemptions = 2}));
}

TEST(PipeExplored, TheLastMessageOfAConflatingPipeArrivesBeforeTheEnd) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>(true);
        scene->left.adopt();
        scene->right.adopt();
        return Program{{[=] {
                          scene->left.send(1);
                          scene->left.send(2);
                          scene->left.leave();
                        },
                        [=] {
                          scene->right.receive_all();
                          scene->right.leave();
                        }},
                       [=] {
                         const auto& received = scene->right.received;
                         require(!received.empty() && received.back() == 2, "the latest is lost");
                         require(received.size() < 3, "a message came twice");
                       }};
      },
      {.preemptions = 3}));
}

TEST(PipeExplored, WhoAdoptsAnEndHearsThatThePeerHasLeft) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>(false);
        scene->left.adopt();
        return Program{{[=] { scene->left.leave(); },
                        [=] {
                          scene->right.adopt();
                          scene->right.wait_for_the_peer_to_leave();
                          scene->right.receive_all();
                          scene->right.leave();
                        }},
                       {}};
      },
      {.preemptions = 5}));
}

TEST(PipeExplored, ThePipeIsFreedWhenBothHaveLeftInWhateverOrder) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>(false);
        scene->left.adopt();
        scene->add_witness(scene->pipe->a());
        scene->add_witness(scene->pipe->b());
        return Program{{[=] {
                          scene->left.send(1);
                          scene->left.leave();
                        },
                        [=] {
                          scene->right.adopt();
                          scene->right.send(2);
                          scene->right.leave();
                        }},
                       [=] { require(scene->witnesses == 0, "the pipe was not freed"); }};
      },
      {.preemptions = 3}));
}

// A socket that is blocked for room gives up when the reader leaves.
TEST(PipeExplored, AWriterThatWaitsForRoomHearsThatTheReaderLeaves) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>(false);
        scene->pipe->a().set_out_limit(1);
        scene->left.adopt();
        scene->right.adopt();
        return Program{{[=] {
                          scene->left.send(1);
                          scene->left.wait_for_the_peer_to_leave();
                          scene->left.leave();
                        },
                        [=] { scene->right.leave(); }},
                       {}};
      },
      {.preemptions = 4}));
}

}  // namespace
}  // namespace zmqng
