// zmq_msg_*: what a message object holds, and how it is copied, moved and asked.
#include <gtest/gtest.h>
#include <zmq.h>

#include <cstring>
#include <limits>

#include "api/support/message.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

// Sanitizers end the program at an allocation nobody can serve; these tests want the ENOMEM.
extern "C" {
__attribute__((weak)) const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
__attribute__((weak)) const char* __tsan_default_options() {
  return "allocator_may_return_null=1";
}
}

namespace api_test {
namespace {

constexpr Outcome efault = fails_with(EFAULT);
constexpr Outcome einval = fails_with(EINVAL);

// Around every length at which a representation may change.
constexpr size_t sizes[] = {0,  1,  2,  29,  30,  31,  32,   33,   34,     35,       47,
                            48, 49, 64, 100, 255, 256, 1000, 4096, 10'000, 1'000'000};

TEST(MessageObject, TakesSixtyFourOctets) {
  EXPECT_EQ(sizeof(zmq_msg_t), 64u);
}

TEST(MessageObject, StartsEmpty) {
  zmq_msg_t message;
  ASSERT_EQ(zmq_msg_init(&message), 0);
  EXPECT_EQ(zmq_msg_size(&message), 0u);
  EXPECT_NE(zmq_msg_data(&message), nullptr);
  EXPECT_EQ(zmq_msg_more(&message), 0);
  EXPECT_EQ(zmq_msg_get(&message, ZMQ_SHARED), 0);
  EXPECT_EQ(zmq_msg_close(&message), 0);
}

TEST(MessageObject, HoldsAnyNumberOfOctets) {
  for (const size_t size : sizes) {
    Message message{pattern_text(size)};
    EXPECT_EQ(message.size(), size);
    EXPECT_NE(message.data(), nullptr);
    EXPECT_TRUE(message.text() == pattern_text(size)) << size;
    EXPECT_FALSE(message.more());
  }
}

TEST(MessageObject, RefusesSizesNobodyHas) {
  for (const size_t size : {std::numeric_limits<size_t>::max(), size_t{1} << 62}) {
    zmq_msg_t message;
    EXPECT_EQ(outcome_of(zmq_msg_init_size(&message, size)), fails_with(ENOMEM));
  }
}

TEST(MessageObject, MayBeFilledAndReadThroughTheSamePointer) {
  for (const size_t size : sizes) {
    if (size == 0) continue;
    Message message{std::string(size, 'a')};
    std::memset(zmq_msg_data(message.get()), 'b', size);
    EXPECT_TRUE(message.text() == std::string(size, 'b')) << size;
  }
}

TEST(MessageObject, ClosingTwiceIsRefused) {
  for (const size_t size : sizes) {
    zmq_msg_t message;
    ASSERT_EQ(zmq_msg_init_size(&message, size), 0);
    EXPECT_EQ(zmq_msg_close(&message), 0);
    EXPECT_EQ(outcome_of(zmq_msg_close(&message)), efault);
  }
}

TEST(MessageObject, ClosedOrZeroedOnesAreRefusedEverywhere) {
  zmq_msg_t closed;
  ASSERT_EQ(zmq_msg_init(&closed), 0);
  ASSERT_EQ(zmq_msg_close(&closed), 0);
  zmq_msg_t zeroed;
  std::memset(&zeroed, 0, sizeof zeroed);
  for (zmq_msg_t* bad : {&closed, &zeroed}) {
    Message good{"text"};
    EXPECT_EQ(outcome_of(zmq_msg_close(bad)), efault);
    EXPECT_EQ(outcome_of(zmq_msg_copy(bad, good.get())), efault);
    EXPECT_EQ(outcome_of(zmq_msg_copy(good.get(), bad)), efault);
    EXPECT_EQ(outcome_of(zmq_msg_move(bad, good.get())), efault);
    EXPECT_EQ(outcome_of(zmq_msg_move(good.get(), bad)), efault);
    Context context;
    Socket socket{context, ZMQ_PAIR};
    EXPECT_EQ(outcome_of(zmq_msg_recv(bad, socket, ZMQ_DONTWAIT)), efault);
  }
}

TEST(MessageObject, SendingAClosedOneIsRefused) {
  SKIP_ON_REFERENCE("it aborts");
  Context context;
  Socket a{context, ZMQ_PAIR};
  Socket b{context, ZMQ_PAIR};
  b.connect(a.bind_any(Transport::inproc));
  zmq_msg_t message;
  ASSERT_EQ(zmq_msg_init(&message), 0);
  ASSERT_EQ(zmq_msg_close(&message), 0);
  EXPECT_EQ(outcome_of(zmq_msg_send(&message, b, ZMQ_DONTWAIT)), efault);
}

TEST(MessageObject, ACopyHasTheContentOfItsOrigin) {
  for (const size_t size : sizes) {
    for (const size_t before : {size_t{0}, size_t{10}, size_t{500}}) {
      Message origin{pattern_text(size)};
      Message copy{pattern_text(before, 9)};
      EXPECT_EQ(zmq_msg_copy(copy.get(), origin.get()), 0);
      EXPECT_TRUE(copy.text() == pattern_text(size)) << size;
      EXPECT_TRUE(origin.text() == pattern_text(size)) << size;
    }
  }
}

TEST(MessageObject, ACopyOutlivesItsOrigin) {
  for (const size_t size : sizes) {
    Message copies[3];
    {
      Message origin{pattern_text(size)};
      for (Message& copy : copies) EXPECT_EQ(zmq_msg_copy(copy.get(), origin.get()), 0);
    }
    for (Message& copy : copies) EXPECT_TRUE(copy.text() == pattern_text(size)) << size;
  }
}

TEST(MessageObject, ACopyOfACopyIsAsGood) {
  for (const size_t size : sizes) {
    Message last;
    {
      Message first{pattern_text(size)};
      Message second;
      EXPECT_EQ(zmq_msg_copy(second.get(), first.get()), 0);
      EXPECT_EQ(zmq_msg_copy(last.get(), second.get()), 0);
    }
    EXPECT_TRUE(last.text() == pattern_text(size)) << size;
  }
}

TEST(MessageObject, CopiesOfLargeMessagesShareTheirContent) {
  // Where "large" begins is the library's business: between 34 and 64 octets.
  for (const size_t size : {size_t{64}, size_t{100}, size_t{10'000}}) {
    Message origin{pattern_text(size)};
    EXPECT_EQ(zmq_msg_get(origin.get(), ZMQ_SHARED), 0);
    Message copy;
    EXPECT_EQ(zmq_msg_copy(copy.get(), origin.get()), 0);
    EXPECT_EQ(copy.data(), origin.data());
    EXPECT_EQ(zmq_msg_get(origin.get(), ZMQ_SHARED), 1);
    EXPECT_EQ(zmq_msg_get(copy.get(), ZMQ_SHARED), 1);
  }
}

TEST(MessageObject, CopiesOfSmallMessagesAreApart) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{33}}) {
    Message origin{std::string(size, 'a')};
    Message copy;
    EXPECT_EQ(zmq_msg_copy(copy.get(), origin.get()), 0);
    EXPECT_NE(copy.data(), origin.data());
    EXPECT_EQ(zmq_msg_get(origin.get(), ZMQ_SHARED), 0);
    std::memset(zmq_msg_data(copy.get()), 'b', size);
    EXPECT_EQ(origin.text(), std::string(size, 'a'));
  }
}

TEST(MessageObject, CopyingOntoItselfChangesNothing) {
  SKIP_ON_REFERENCE("it aborts");
  for (const size_t size : sizes) {
    Message message{pattern_text(size)};
    EXPECT_EQ(zmq_msg_copy(message.get(), message.get()), 0);
    EXPECT_TRUE(message.text() == pattern_text(size)) << size;
  }
}

TEST(MessageObject, AMoveEmptiesItsOrigin) {
  for (const size_t size : sizes) {
    for (const size_t before : {size_t{0}, size_t{10}, size_t{500}}) {
      Message origin{pattern_text(size)};
      Message target{pattern_text(before, 9)};
      EXPECT_EQ(zmq_msg_move(target.get(), origin.get()), 0);
      EXPECT_TRUE(target.text() == pattern_text(size)) << size;
      EXPECT_EQ(origin.size(), 0u);
    }
  }
}

TEST(MessageObject, AMoveKeepsTheAddressOfLargeContent) {
  Message origin{pattern_text(1000)};
  const void* address = origin.data();
  Message target;
  EXPECT_EQ(zmq_msg_move(target.get(), origin.get()), 0);
  EXPECT_EQ(target.data(), address);
}

TEST(MessageObject, HasTwoIntegerPropertiesWhenMadeLocally) {
  Message message{"abc"};
  EXPECT_EQ(zmq_msg_get(message.get(), ZMQ_MORE), 0);
  EXPECT_EQ(zmq_msg_get(message.get(), ZMQ_SHARED), 0);
  for (const int property : {-1, 0, ZMQ_SRCFD, 4, 5, 100, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(outcome_of(zmq_msg_get(message.get(), property)), einval) << property;
  }
}

TEST(MessageObject, HasNoPropertyThatCanBeSet) {
  Message message{"abc"};
  for (const int property : {-1, 0, ZMQ_MORE, ZMQ_SRCFD, ZMQ_SHARED, 4, 5, 100}) {
    EXPECT_EQ(outcome_of(zmq_msg_set(message.get(), property, 1)), einval) << property;
  }
}

TEST(MessageObject, HasNoTextPropertyWhenMadeLocally) {
  Message message{"abc"};
  for (const char* name : {"Socket-Type", "Identity", "Routing-Id", "Resource", "User-Id",
                           "Peer-Address", "__fd", "", "nonsense"}) {
    EXPECT_EQ(zmq_msg_gets(message.get(), name), nullptr) << name;
    EXPECT_EQ(zmq_errno(), EINVAL) << name;
  }
}

TEST(MessageObject, IsEmptyAfterItWasSent) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(Transport::inproc));
  for (const size_t size : sizes) {
    Message message{pattern_text(size)};
    EXPECT_EQ(zmq_msg_send(message.get(), push, 0), static_cast<int>(size));
    EXPECT_EQ(message.size(), 0u);
    EXPECT_TRUE(pull.recv_one() == pattern_text(size)) << size;
  }
}

TEST(MessageObject, KeepsItsContentWhenItCouldNotBeSent) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  for (const size_t size : sizes) {
    Message message{pattern_text(size)};
    EXPECT_EQ(message.send(push, ZMQ_DONTWAIT), eagain);
    EXPECT_TRUE(message.text() == pattern_text(size)) << size;
  }
}

TEST(MessageObject, CanBeSentAgainFromACopy) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(Transport::tcp));
  for (const size_t size : sizes) {
    Message origin{pattern_text(size)};
    for (int i = 0; i < 3; ++i) {
      Message copy;
      EXPECT_EQ(zmq_msg_copy(copy.get(), origin.get()), 0);
      EXPECT_EQ(copy.send(push), ok);
    }
    EXPECT_TRUE(origin.text() == pattern_text(size)) << size;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(pull.recv_one() == pattern_text(size)) << size;
  }
}

TEST(MessageObject, ReceivingReplacesWhatItHeld) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(Transport::inproc));
  for (const size_t held : sizes) {
    push.send("new");
    Message message{pattern_text(held)};
    EXPECT_EQ(zmq_msg_recv(message.get(), pull, 0), 3);
    EXPECT_EQ(message.text(), "new");
  }
}

}  // namespace
}  // namespace api_test
