// Two threads on one Pipe, each sleeping on its mailbox whenever there is nothing to do: for
// ThreadSanitizer. What the threads may do in which order is explored in tests/explore.

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "pipe/pipe.h"

namespace zmqng {
namespace {

constexpr int kWaitMs = 20000;  // a wake-up that does not come in this time is lost

class Side final : public PipeOwner {
 public:
  explicit Side(PipeEnd& end) : end_(&end), mailbox_(new Mailbox) {
    EXPECT_FALSE(mailbox_->fd().open());
    end.set_mailbox(*mailbox_);
  }
  ~Side() { mailbox_->drop(); }

  void pipe_readable(PipeEnd&) override {}
  void pipe_writable(PipeEnd&) override {}
  void pipe_closing(PipeEnd&) override {}
  void pipe_restarted(PipeEnd&) override {}

  PipeEnd& end() { return *end_; }
  void adopt() { end_->adopt(*this); }
  void leave() {
    std::exchange(end_, nullptr)->leave(0);
    mailbox_->close();
  }

  // Message `number` is a number, followed by as many bytes of filling as it says.
  void send(std::uint32_t number) {
    while (!end_->can_write()) wait_for_post();
    Message message;
    ASSERT_TRUE(message.resize(sizeof number + number % 1500));
    std::memset(message.data(), static_cast<int>(number & 0xff), message.size());
    std::memcpy(message.data(), &number, sizeof number);
    if (number % 7 == 0 && end_->slot_out() == nullptr) {
      ASSERT_TRUE(end_->write_copy(as_bytes("part"), true));
      if (number % 14 == 0) {
        end_->rollback();
        ASSERT_TRUE(end_->write_copy(as_bytes("part"), true));
      }
    }
    ASSERT_TRUE(end_->write({message.bytes(), false, &message}));
    end_->publish();
  }

  // The next message; false at the end.
  bool receive(std::uint32_t* number) {
    Message message;
    for (;;) {
      switch (end_->read(message)) {
        case PipeEnd::Read::ended:
          return false;
        case PipeEnd::Read::empty:
          wait_for_post();
          break;
        case PipeEnd::Read::got:
          if (message.has_more()) break;
          std::memcpy(number, message.data(), sizeof *number);
          EXPECT_EQ(message.size(), sizeof *number + *number % 1500);
          if (message.size() > sizeof *number) {
            EXPECT_EQ(message.data()[message.size() - 1], *number & 0xff);
          }
          if (*number % 100 == 0) kept_ = std::move(message);
          return true;
      }
    }
  }

 private:
  void wait_for_post() {
    if (mailbox_->arm()) {
      pollfd item{mailbox_->fd().get(), POLLIN, 0};
      ASSERT_EQ(::poll(&item, 1, kWaitMs), 1) << "nobody woke us";
      mailbox_->disarm();
      mailbox_->fd().clear();
    }
    mailbox_->serve_all();
  }

  PipeEnd* end_;
  Mailbox* mailbox_;
  Message kept_;  // pins a chunk for a while
};

struct Bench {
  explicit Bench(bool conflates)
      : pipe(Pipe::make(conflates, conflates)), near(pipe->a()), far(pipe->b()) {
    near.adopt();
    far.adopt();
  }
  Pipe* pipe;
  Side near;
  Side far;
};

// `pause` is how often the writer lets the reader run dry.
void stream(std::uint32_t limit, std::uint32_t count, std::uint32_t pause) {
  Bench bench(false);
  bench.near.end().set_out_limit(limit);
  std::thread writer([&] {
    for (std::uint32_t i = 0; i < count; ++i) {
      bench.near.send(i);
      if (pause != 0 && i % pause == 0) std::this_thread::yield();
    }
    bench.near.leave();
  });
  std::uint32_t number = 0;
  std::uint32_t expected = 0;
  while (bench.far.receive(&number)) ASSERT_EQ(number, expected++);
  EXPECT_EQ(expected, count);
  bench.far.leave();
  writer.join();
}

TEST(PipeThreads, AStreamWithoutLimitArrivesInOrder) {
  stream(0, 20000, 0);
}

TEST(PipeThreads, AStreamWithALimitArrivesInOrder) {
  stream(100, 20000, 0);
}

TEST(PipeThreads, ATightLimitMakesBothSleepAllTheTime) {
  stream(1, 3000, 1);
}

TEST(PipeThreads, AnOddLimitMakesThemSleepOften) {
  stream(3, 6000, 3);
}

TEST(PipeThreads, PingPong) {
  Bench bench(false);
  constexpr std::uint32_t kRounds = 3000;
  std::thread other([&] {
    std::uint32_t number = 0;
    while (bench.far.receive(&number)) bench.far.send(number + 1);
    bench.far.leave();
  });
  for (std::uint32_t i = 0; i < kRounds; ++i) {
    std::uint32_t answer = 0;
    bench.near.send(i);
    ASSERT_TRUE(bench.near.receive(&answer));
    ASSERT_EQ(answer, i + 1);
  }
  bench.near.leave();
  other.join();
}

TEST(PipeThreads, OfAConflatingPipeTheLastMessageArrives) {
  for (std::uint32_t round = 0; round < 200; ++round) {
    Bench bench(true);
    const std::uint32_t count = round % 20 + 1;
    std::thread writer([&] {
      for (std::uint32_t i = 0; i < count; ++i) bench.near.send(i);
      bench.near.leave();
    });
    std::uint32_t number = 0;
    std::uint32_t least = 0;
    while (bench.far.receive(&number)) {
      ASSERT_GE(number, least);
      least = number + 1;
    }
    EXPECT_EQ(number, count - 1);
    bench.far.leave();
    writer.join();
  }
}

TEST(PipeThreads, BothMayLeaveAtTheSameTime) {
  for (int round = 0; round < 300; ++round) {
    Bench bench(false);
    std::thread other([&] {
      bench.far.send(1);
      bench.far.leave();
    });
    bench.near.send(2);
    bench.near.leave();
    other.join();
  }
}

}  // namespace
}  // namespace zmqng
