// Every interleaving of threads that post to a Mailbox and its owner, who sleeps the way a reactor,
// a blocking socket, or the user of an exported descriptor does.

#include "sync/mailbox.h"

#include <gtest/gtest.h>

#include <memory>

#include "explore/explorer.h"

namespace zmqng {
namespace {

using explore::Outcome;
using explore::Program;
using explore::require;

// Something that can be posted and counts what happens to it.
struct Thing : Attention {
  Thing() : Attention(serve, departed) {}
  static void serve(Attention& attention, std::uint32_t reasons) {
    auto& self = static_cast<Thing&>(attention);
    require(!self.is_departed, "served after it departed");
    require(reasons != 0, "served for no reason");
    self.served |= reasons;
    if (self.sees != nullptr && self.sees->load(std::memory_order_relaxed)) self.has_seen = true;
  }
  static void departed(Attention& attention) {
    auto& self = static_cast<Thing&>(attention);
    require(!self.is_departed, "departed twice");
    self.is_departed = true;
  }

  std::uint32_t served = 0;
  bool is_departed = false;
  Atomic<bool>* sees = nullptr;  // what a poster wrote before it posted
  bool has_seen = false;
};

struct Scene {
  Scene() : mailbox(new Mailbox) {}
  ~Scene() { mailbox->drop(); }
  bool has_all() const { return (one.served | two.served) == wanted; }

  Mailbox* mailbox;
  Thing one;
  Thing two;
  Atomic<bool> fact;
  std::uint32_t wanted = 0;
};

// A turn of Reactor::run_once: the descriptor is cleared after the mailbox was served.
void turn_of_a_reactor(Scene& scene) {
  if (scene.mailbox->arm()) {
    scene.mailbox->fd().wait();
    scene.mailbox->disarm();
  }
  scene.mailbox->serve_all();
  scene.mailbox->fd().clear();
}

// A turn of Socket::wait and Socket::enter: cleared before.
void turn_of_a_socket(Scene& scene) {
  if (scene.mailbox->arm()) {
    scene.mailbox->fd().wait();
    scene.mailbox->disarm();
    scene.mailbox->fd().clear();
  }
  if (!scene.mailbox->is_empty()) scene.mailbox->serve_all();
}

// Somebody polls ZMQ_FD, then asks for ZMQ_EVENTS: always armed, never disarmed.
void turn_of_a_descriptor(Scene& scene) {
  while (!scene.mailbox->arm()) scene.mailbox->serve_all();
  if (scene.has_all()) return;
  scene.mailbox->fd().wait();
  scene.mailbox->fd().clear();
  scene.mailbox->serve_all();
}

using Turn = void (*)(Scene&);

template <Turn turn>
Program posts_to_two_things() {
  auto scene = std::make_shared<Scene>();
  scene->wanted = 1 | 2 | 4;
  scene->one.sees = &scene->fact;  // so that it can be posted again while it is served
  return {{[=] {
             while (!scene->has_all()) turn(*scene);
           },
           [=] {
             scene->one.post(*scene->mailbox, 1);
             scene->two.post(*scene->mailbox, 4);
           },
           [=] {
             scene->fact.store(true);
             scene->one.post(*scene->mailbox, 2);
           }},
          [=] { require(scene->has_all(), "a reason is lost"); }};
}

void expect_success(const Outcome& outcome) {
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
  ::testing::Test::RecordProperty("schedules", std::to_string(outcome.schedules));
}

TEST(MailboxExplored, AReactorHearsOfEveryPost) {
  expect_success(explore::explore(posts_to_two_things<turn_of_a_reactor>, {.preemptions = 3}));
}

TEST(MailboxExplored, ABlockingSocketHearsOfEveryPost) {
  expect_success(explore::explore(posts_to_two_things<turn_of_a_socket>, {.preemptions = 3}));
}

TEST(MailboxExplored, WhoPollsTheDescriptorHearsOfEveryPost) {
  expect_success(explore::explore(posts_to_two_things<turn_of_a_descriptor>, {.preemptions = 3}));
}

TEST(MailboxExplored, WhatWasWrittenBeforeAPostIsSeenWhenItIsServed) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>();
        scene->one.sees = &scene->fact;
        scene->wanted = 1 | 2;
        return Program{{[=] {
                          while (!scene->has_all()) turn_of_a_socket(*scene);
                        },
                        [=] { scene->one.post(*scene->mailbox, 1); },
                        [=] {
                          scene->fact.store(true, std::memory_order_relaxed);
                          scene->one.post(*scene->mailbox, 2);
                        }},
                       [=] { require(scene->one.has_seen, "served before the fact is visible"); }};
      },
      {.preemptions = 4}));
}

// zmq_poll over two sockets sleeps on the descriptor of the first, and lets go of both at the end.
TEST(MailboxExplored, WhoSleepsOnOneDescriptorForManyHearsOfEveryPost) {
  struct TwoBoxes : Scene {
    Mailbox* second = new Mailbox;
    Mailbox* of_poster = second->add_ref();
  };
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<TwoBoxes>();
        scene->wanted = 1 | 2 | 4;
        return Program{{[=] {
                          while (!scene->has_all()) {
                            const bool is_first_armed = scene->mailbox->arm();
                            if (is_first_armed && scene->second->arm_for(*scene->mailbox)) {
                              scene->mailbox->fd().wait();
                              scene->second->disarm();
                              scene->mailbox->disarm();
                              scene->mailbox->fd().clear();
                            } else if (is_first_armed) {
                              scene->mailbox->disarm();
                            }
                            scene->mailbox->serve_all();
                            scene->second->serve_all();
                          }
                          require(!scene->second->is_armed(), "still armed");
                          scene->second->drop();
                        },
                        [=] {
                          scene->two.post(*scene->of_poster, 4);
                          scene->two.post(*scene->of_poster, 2);
                          scene->of_poster->drop();
                        },
                        [=] { scene->one.post(*scene->mailbox, 1); }},
                       [=] { require(scene->has_all(), "a reason is lost"); }};
      },
      {.preemptions = 3}));
}

// A wake-up without a post: the owner checks its own condition between arming and sleeping.
TEST(MailboxExplored, AStoppedOwnerDoesNotSleepOn) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>();
        return Program{{[=] {
                          for (;;) {
                            if (!scene->mailbox->arm()) continue;
                            if (scene->fact.load()) return;
                            scene->mailbox->fd().wait();
                            scene->mailbox->disarm();
                            scene->mailbox->fd().clear();
                          }
                        },
                        [=] {
                          scene->fact.store(true);
                          scene->mailbox->wake();
                        }},
                       {}};
      },
      {.preemptions = 6}));
}

TEST(MailboxExplored, WhoLeavesDepartsOnceWhateverPostersDo) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>();
        return Program{{[=] {
                          scene->mailbox->serve_all();
                          scene->one.leave();
                          scene->mailbox->serve_all();
                          scene->mailbox->close();
                        },
                        [=] {
                          scene->one.post(*scene->mailbox, 1);
                          scene->one.post(*scene->mailbox, 2);
                        },
                        [=] { scene->one.post(*scene->mailbox, 4); }},
                       [=] { require(scene->one.is_departed, "never departed"); }};
      },
      {.preemptions = 4}));
}

// A departed thing is freed at once, while others are still queued before and behind it.
TEST(MailboxExplored, ADepartedThingCanBeFreed) {
  struct Mortal : Attention {
    explicit Mortal(int* count) : Attention(nothing, free_self), left_count(count) {}
    static void nothing(Attention&, std::uint32_t) {}
    static void free_self(Attention& attention) {
      auto* self = static_cast<Mortal*>(&attention);
      --*self->left_count;
      delete self;
    }
    int* left_count;
  };
  struct Mortals : Scene {
    int count = 2;
    Mortal* first = new Mortal(&count);
    Mortal* second = new Mortal(&count);
  };
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Mortals>();
        // Posters keep alive what they post: the second is posted before all starts.
        scene->second->post(*scene->mailbox, 1);
        return Program{{[=] {
                          scene->first->leave();
                          scene->mailbox->serve_all();
                          scene->second->leave();
                          scene->mailbox->serve_all();
                          scene->mailbox->close();
                        },
                        [=] {
                          scene->one.post(*scene->mailbox, 1);
                          scene->two.post(*scene->mailbox, 1);
                        }},
                       [=] { require(scene->count == 0, "somebody was not freed"); }};
      },
      {.preemptions = 4}));
}

// The owner closes before what can be posted leaves.
TEST(MailboxExplored, WhoLeavesAClosedMailboxDepartsOnce) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>();
        return Program{{[=] {
                          scene->mailbox->close();
                          scene->one.leave();
                        },
                        [=] { scene->one.post(*scene->mailbox, 1); },
                        [=] { scene->one.post(*scene->mailbox, 2); }},
                       [=] { require(scene->one.is_departed, "never departed"); }};
      },
      {.preemptions = 4}));
}

}  // namespace
}  // namespace zmqng
