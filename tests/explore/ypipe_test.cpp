// Every interleaving of one writer and one reader of a YPipe.

#include "pipe/ypipe.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "explore/explorer.h"

namespace zmqng {
namespace {

using explore::Event;
using explore::Limits;
using explore::Outcome;
using explore::Program;
using explore::require;

struct Scene {
  YPipe pipe;
  Event reader_told;
  Event writer_told;
  std::vector<std::uint8_t> received;
  bool has_ended = false;
};

void publish(Scene& scene) {
  if (scene.pipe.publish()) scene.reader_told.set();
}

void append(Scene& scene, std::uint8_t value, std::size_t size = 1, bool more = false) {
  const std::vector<std::uint8_t> body(size, value);
  require(scene.pipe.append_frame(body, more), "no memory");
}

// Waits for room the way a sending socket does.
void append_within_limit(Scene& scene, std::uint8_t value) {
  while (!scene.pipe.has_credit()) {
    scene.writer_told.wait();
    scene.writer_told.clear();
  }
  append(scene, value);
  publish(scene);
}

void tell_writer_if(Scene& scene, bool must_tell) {
  if (must_tell) scene.writer_told.set();
}

void sleep_unless_there_is_more(Scene& scene, bool gives_credit) {
  if (gives_credit) tell_writer_if(scene, scene.pipe.give_credit());
  if (!scene.pipe.go_dormant()) return;
  scene.reader_told.wait();
  scene.reader_told.clear();
}

// Reads until `count` messages have come, or the end.
void read(Scene& scene, std::size_t count, bool gives_credit = false) {
  while (scene.received.size() < count && !scene.has_ended) {
    Record record;
    if (!scene.pipe.front(record)) {
      sleep_unless_there_is_more(scene, gives_credit);
      continue;
    }
    if (record.kind == Record::Kind::end) {
      scene.has_ended = true;
    } else {
      require(!record.payload.empty(), "an empty payload");
      scene.received.push_back(record.payload.front());
      require(record.payload.back() == record.payload.front(), "a payload is mixed up");
    }
    tell_writer_if(scene, scene.pipe.pop(record));
  }
}

// The reader takes so many messages, then it goes to sleep.
void take_and_nap(Scene& scene, std::uint64_t messages) {
  for (std::uint64_t i = 0; i < messages; ++i) {
    append(scene, 0);
    (void)scene.pipe.publish();
    Record record;
    require(scene.pipe.front(record), "nothing there");
    (void)scene.pipe.pop(record);
  }
  (void)scene.pipe.give_credit();
  require(scene.pipe.go_dormant(), "something there");
}

// A pipe whose reader has been busy: it asks for no full fences, as a new one does.
std::shared_ptr<Scene> after_a_run() {
  auto scene = std::make_shared<Scene>();
  take_and_nap(*scene, YPipe::kFewMessages + 1);
  return scene;
}

Program program(void (*write_all)(Scene&), void (*read_all)(Scene&), std::size_t count,
                std::shared_ptr<Scene> scene = std::make_shared<Scene>()) {
  return {{[=] { write_all(*scene); }, [=] { read_all(*scene); }}, [=] {
            require(scene->received.size() == count, "a message is lost or doubled");
            for (std::size_t i = 0; i < count; ++i) {
              require(scene->received[i] == i, "messages are out of order");
            }
          }};
}

void expect_success(const Outcome& outcome) {
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
  ::testing::Test::RecordProperty("schedules", std::to_string(outcome.schedules));
}

Program program_of_three(std::shared_ptr<Scene> scene) {
  return program(
      [](Scene& told) {
        for (std::uint8_t i = 0; i < 3; ++i) {
          append(told, i);
          publish(told);
        }
      },
      [](Scene& told) { read(told, 3); }, 3, std::move(scene));
}

TEST(YPipeExplored, ASleepingReaderHearsOfEveryMessage) {
  for (const bool has_membarrier : {true, false}) {
    const Limits limits{.preemptions = 4, .has_membarrier = has_membarrier};
    expect_success(explore::explore([] { return program_of_three(after_a_run()); }, limits));
    expect_success(
        explore::explore([] { return program_of_three(std::make_shared<Scene>()); }, limits));
  }
}

TEST(YPipeExplored, AReaderMeetsNoHalfMessageNorOneThatWasTakenBack) {
  expect_success(explore::explore(
      [] {
        return program(
            [](Scene& scene) {
              append(scene, 0, 1, true);
              append(scene, 1);
              publish(scene);
              append(scene, 99, 300, true);
              append(scene, 99, 300, true);
              scene.pipe.rollback();
              append(scene, 2);
              publish(scene);
            },
            [](Scene& scene) { read(scene, 3); }, 3);
      },
      {.preemptions = 5}));
}

TEST(YPipeExplored, ChunksAreHandedBackAndForth) {
  expect_success(explore::explore(
      [] {
        return program(
            [](Scene& scene) {
              for (std::uint8_t i = 0; i < 5; ++i) {
                append(scene, i, i == 0 ? 300 : 3000);
                publish(scene);
              }
            },
            [](Scene& scene) { read(scene, 5); }, 5);
      },
      {.preemptions = 3}));
}

TEST(YPipeExplored, TheEndIsHeardOf) {
  expect_success(explore::explore(
      [] {
        return program(
            [](Scene& scene) {
              append(scene, 0);
              publish(scene);
              require(scene.pipe.append_end(), "no memory");
              publish(scene);
            },
            [](Scene& scene) { read(scene, 2); }, 1);
      },
      {.preemptions = 6}));
}

// At most `limit` messages, and the writer always hears of new room.
template <std::uint32_t limit, bool gives_credit>
Program limited_program() {
  Program made = program(
      [](Scene& scene) {
        scene.pipe.set_limit(limit);
        for (std::uint8_t i = 0; i < 4; ++i) append_within_limit(scene, i);
      },
      [](Scene& scene) { read(scene, 4, gives_credit); }, 4);
  return made;
}

TEST(YPipeExplored, AWriterThatWaitsForRoomHearsOfIt) {
  for (const bool has_membarrier : {true, false}) {
    const Limits limits{.preemptions = 3, .has_membarrier = has_membarrier};
    expect_success(explore::explore(limited_program<1, false>, limits));
    expect_success(explore::explore(limited_program<2, false>, limits));
    expect_success(explore::explore(limited_program<3, true>, limits));
  }
}

TEST(YPipeExplored, AWriterHearsOfALimitThatWasRaised) {
  expect_success(explore::explore(
      [] {
        return program(
            [](Scene& scene) {
              scene.pipe.set_limit(1);
              for (std::uint8_t i = 0; i < 3; ++i) append_within_limit(scene, i);
            },
            [](Scene& scene) {
              // What PipeEnd::raise_in_limit does.
              scene.pipe.set_limit(4);
              tell_writer_if(scene, scene.pipe.give_credit());
              read(scene, 3, true);
            },
            3);
      },
      {.preemptions = 3}));
}

// ---- a reader that naps so often that it asks for full fences, see YPipe::choose_fence

// A scene in which the reader sleeps, and has so often taken only one message before it did.
std::shared_ptr<Scene> after_naps(std::uint32_t naps) {
  auto scene = after_a_run();
  for (std::uint32_t nap = 0; nap < naps; ++nap) take_and_nap(*scene, 1);
  return scene;
}

// The reader hears of all messages, which are published in runs of so many.
Program program_after_naps(std::uint32_t naps, std::vector<std::uint64_t> runs) {
  auto scene = after_naps(naps);
  const auto count = std::accumulate(runs.begin(), runs.end(), std::size_t{0});
  return {{[=] {
             std::uint8_t value = 0;
             for (const std::uint64_t run : runs) {
               for (std::uint64_t i = 0; i < run; ++i) append(*scene, value++);
               publish(*scene);
             }
           },
           [=] { read(*scene, count); }},
          [=] {
            require(scene->received.size() == count, "a message is lost or doubled");
            for (std::size_t i = 0; i < count; ++i) {
              require(scene->received[i] == i, "messages are out of order");
            }
          }};
}

TEST(YPipeExplored, AReaderThatBeginsToNapOftenHearsOfEveryMessage) {
  for (const bool has_membarrier : {true, false}) {
    for (std::uint32_t naps = YPipe::kShortNapsBefore - 2; naps <= YPipe::kShortNapsBefore + 1;
         ++naps) {
      expect_success(explore::explore(
          [=] {
            return program_after_naps(naps, {1, 1, 1});
          },
          {.preemptions = 3, .has_membarrier = has_membarrier}));
    }
  }
}

TEST(YPipeExplored, AReaderThatNoLongerNapsOftenHearsOfEveryMessage) {
  constexpr std::uint64_t kMany = YPipe::kFewMessages + 1;
  constexpr std::uint32_t kNaps = YPipe::kShortNapsBefore + 1;
  for (const bool has_membarrier : {true, false}) {
    expect_success(explore::explore(
        [=] {
          return program_after_naps(kNaps, {kMany, 1, 1});
        },
        {.preemptions = 3, .has_membarrier = has_membarrier}));
  }
  expect_success(explore::explore(
      [=] {
        return program_after_naps(kNaps, {kMany, 1});
      },
      {.preemptions = 5}));
}

}  // namespace
}  // namespace zmqng
