// Every interleaving of an application's thread, which reads, sleeps and sends under the baton of
// its pipe, and of the reactor, which works on the same pipe.

#include "pipe/carrier.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <vector>

#include "explore/explorer.h"
#include "explore/sleep.h"
#include "pipe/pipe.h"

namespace zmqng {
namespace {

using explore::Limits;
using explore::Outcome;
using explore::Program;
using explore::require;

// An owner of one end with a mailbox of its own.
class Owner : public PipeOwner {
 public:
  explicit Owner(PipeEnd& end) : end_(&end), mailbox_(new Mailbox) {
    end.set_mailbox(*mailbox_);
    end.adopt(*this);
  }
  ~Owner() { mailbox_->drop(); }

  void pipe_readable(PipeEnd&) override {}
  void pipe_writable(PipeEnd&) override {}
  void pipe_closing(PipeEnd&) override {}
  void pipe_restarted(PipeEnd&) override {}

  PipeEnd& end() { return *end_; }
  void send(int value) {
    const auto octet = static_cast<std::uint8_t>(value);
    require(end_->write({{&octet, 1}, false, nullptr}), "no memory");
    end_->publish();
  }
  bool is_told_something() const { return !mailbox_->is_empty(); }
  void leave() {
    end_->leave(0);
    mailbox_->close();
  }

 protected:
  void sleep() { sleep_on(*mailbox_); }

 private:
  PipeEnd* end_;
  Mailbox* mailbox_;
};

// The application's thread and its socket.
class Near final : public Owner {
 public:
  using Owner::Owner;

  void receive(std::size_t count) {
    while (received.size() < count) {
      Message message;
      const PipeEnd::Read read = end().read(message);
      if (read == PipeEnd::Read::got) {
        received.push_back(message.bytes()[0]);
      } else {
        require(read == PipeEnd::Read::empty, "an end that nobody wrote");
        sleep();
      }
    }
  }
  bool pipe_published_to_sleeper(PipeEnd& end) override { return end.carry_out(); }

  std::vector<int> received;
};

// The reactor and its link, which work on the pipe only under the baton. If that is taken they
// leave a note and sleep: it has to come back as pipe_readable.
class Far final : public Owner, public Carrier {
 public:
  explicit Far(Pipe& pipe) : Owner(pipe.b()), pipe_(pipe) { pipe.set_carrier(this); }

  void pipe_readable(PipeEnd&) override { is_wanted_ = true; }

  // Writes what has come in from the network: 1 to `count`.
  void deliver(int count) {
    for (int i = 1; i <= count; ++i) {
      under_baton([&] { send(i); });
    }
  }
  // The last is delivered when the pipe has no Carrier any more, and nobody takes the baton.
  void deliver_and_retire(int count) {
    deliver(count - 1);
    under_baton([&] { pipe_.set_carrier(nullptr); });
    send(count);
  }
  // Sends out what the near end has written.
  void carry_out() {
    under_baton([&] {
      do carry();
      while (!has_ended_ && !end().in().go_dormant());
    });
  }
  // Sends out what the near end writes, unless that was done already, up to the end.
  void carry_to_the_end() {
    for (;;) {
      carry_out();
      if (has_ended_) return;
      sleep_until_wanted();
    }
  }

  bool send_now() override {
    carry();
    return end().in().go_dormant_alone();
  }
  Borrowed borrow_input() override { return {}; }
  Input read_input(bool&) override { return Input::not_ours; }
  bool return_input(bool) override { return false; }

  std::vector<int> carried;

 private:
  template <typename Work>
  void under_baton(Work work) {
    while (!pipe_.baton().take_or_note()) sleep_until_wanted();
    require(!is_inside_, "two hold the baton");
    is_inside_ = true;
    work();
    is_inside_ = false;
    while (!pipe_.baton().put_down()) continue;
  }
  void sleep_until_wanted() {
    while (!is_wanted_) sleep();
    is_wanted_ = false;
  }
  void carry() {
    Record record;
    while (!has_ended_ && end().in().front(record)) {
      if (record.kind == Record::Kind::end) {
        has_ended_ = true;
      } else {
        carried.push_back(record.payload[0]);
      }
      (void)end().in().pop(record);
    }
  }

  Pipe& pipe_;
  bool is_wanted_ = false;
  bool is_inside_ = false;
  bool has_ended_ = false;
};

struct Scene {
  Scene() : pipe(*Pipe::make(false, false)), near(pipe.a()), far(pipe) {}
  Pipe& pipe;
  Near near;
  Far far;
};

std::vector<int> up_to(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

void leave_both(Scene& scene) {
  scene.near.leave();
  scene.far.leave();
}

void expect_success(const Outcome& outcome) {
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
  ::testing::Test::RecordProperty("schedules", std::to_string(outcome.schedules));
}

constexpr int kCount = 3;

TEST(CarrierExplored, AReaderThatSleepsUnderTheBatonHearsOfEveryMessage) {
  for (const bool has_membarrier : {true, false}) {
    expect_success(explore::explore(
        [] {
          auto scene = std::make_shared<Scene>();
          return Program{
              {[=] { scene->far.deliver(kCount); }, [=] { scene->near.receive(kCount); }}, [=] {
                require(scene->near.received == up_to(kCount), "something is lost");
                leave_both(*scene);
              }};
        },
        {.preemptions = 3, .has_membarrier = has_membarrier}));
  }
}

TEST(CarrierExplored, AReaderHearsOfAWriterThatNeedsTheBatonNoMore) {
  for (const bool has_membarrier : {true, false}) {
    expect_success(explore::explore(
        [] {
          auto scene = std::make_shared<Scene>();
          return Program{
              {[=] { scene->far.deliver_and_retire(2); }, [=] { scene->near.receive(2); }}, [=] {
                require(scene->near.received == up_to(2), "something is lost");
                leave_both(*scene);
              }};
        },
        {.preemptions = 3, .has_membarrier = has_membarrier}));
  }
}

TEST(CarrierExplored, WhatASenderDoesNotCarryOutItselfTheReactorHearsOf) {
  for (const bool has_membarrier : {true, false}) {
    expect_success(explore::explore(
        [] {
          auto scene = std::make_shared<Scene>();
          return Program{{[=] {
                            for (int i = 1; i <= kCount; ++i) scene->near.send(i);
                            scene->near.end().shut_write(0);
                          },
                          [=] { scene->far.carry_to_the_end(); }},
                         [=] {
                           require(scene->far.carried == up_to(kCount), "something is lost");
                           leave_both(*scene);
                         }};
        },
        {.preemptions = 3, .has_membarrier = has_membarrier}));
  }
}

TEST(CarrierExplored, WhatASenderCarriesOutItselfNobodyHearsOf) {
  const Outcome outcome = explore::explore([] {
    auto scene = std::make_shared<Scene>();
    return Program{{[=] {
                     scene->far.carry_out();
                     for (int i = 1; i <= kCount; ++i) scene->near.send(i);
                   }},
                   [=] {
                     require(scene->far.carried == up_to(kCount), "something was left there");
                     require(!scene->far.is_told_something(), "the reactor is woken for nothing");
                     leave_both(*scene);
                   }};
  });
  EXPECT_EQ(outcome.failure, "");
}

TEST(CarrierExplored, ARequestIsCarriedOutAndItsReplyComesBack) {
  expect_success(explore::explore(
      [] {
        auto scene = std::make_shared<Scene>();
        return Program{{[=] {
                          scene->near.send(1);
                          scene->near.receive(2);
                          scene->near.end().shut_write(0);
                        },
                        [=] {
                          scene->far.deliver(2);
                          scene->far.carry_to_the_end();
                        }},
                       [=] {
                         require(scene->far.carried == up_to(1), "the request is lost");
                         require(scene->near.received == up_to(2), "a reply is lost");
                         leave_both(*scene);
                       }};
      },
      {.preemptions = 3}));
}

}  // namespace
}  // namespace zmqng
