// Pipe and PipeEnd: what joins two sockets (inproc), or a socket and a link.
//
// Owner:    the two owners of the ends together: the second end to leave frees the Pipe.
// Threads:  an end belongs to the thread of its owner. Its peer talks to it through the YPipes and
// by
//           posting to its mailbox; nothing else is shared.
//
//   open --leave(): `end` is written--> left           (the owner forgets the end at once)
//   open --shut_write(): `end` is written--> reading only --peer's `end` read, leave()--> left
//
// An end whose owner has not adopted it yet gets no posts: it is born awake (not dormant), so a
// writer sees no need to tell it. `adopt` must be followed by a first look at what is there.
#pragma once

#include <atomic>
#include <cstdint>

#include "message/message.h"
#include "pipe/carrier.h"
#include "pipe/conflating_slot.h"
#include "pipe/ypipe.h"
#include "sync/atomic.h"
#include "sync/baton.h"
#include "sync/mailbox.h"

namespace zmqng {

class Pipe;
class PipeEnd;

// Who owns PipeEnds. Called on the owner's thread while it serves its mailbox. An owner must not
// let go of the end (leave) inside such a call, only after the mailbox has been served.
class PipeOwner {
 public:
  // Something can be read, possibly the peer's `end`.
  virtual void pipe_readable(PipeEnd& end) = 0;
  // A pipe that was full has room again.
  virtual void pipe_writable(PipeEnd& end) = 0;
  // The peer has left or shut its write side: nothing written from now on arrives anywhere, but
  // what the peer wrote is still there to be read, up to its `end`.
  virtual void pipe_closing(PipeEnd& end) = 0;
  // The link behind the end has a new connection: what the peer was told (subscriptions) is
  // forgotten.
  virtual void pipe_restarted(PipeEnd& end) = 0;
  // Inside the owner's own publish(): whoever is to read this sleeps. True: the owner has seen to
  // it, and nobody need be woken.
  virtual bool pipe_published_to_sleeper(PipeEnd&) { return false; }
  // Inside the owner's own can_write(): there is no more room, and whoever is to read this may come
  // round to it later only. True: tell it now; the owner won't make room itself.
  virtual bool pipe_full(PipeEnd&) { return false; }

 protected:
  ~PipeOwner() = default;
};

// One frame to be sent. `message` holds the same bytes if they may be taken by reference; it must
// be set for a body over YPipe::kCopyMax.
struct OutFrame {
  Bytes bytes;
  bool more = false;
  Message* message = nullptr;
};

class PipeEnd : private Attention {
 public:
  enum class Read : std::uint8_t { got, empty, ended };

  PipeEnd(Pipe& pipe, YPipe& in, YPipe& out, ConflatingSlot* slot_in, ConflatingSlot* slot_out);
  PipeEnd(const PipeEnd&) = delete;
  PipeEnd& operator=(const PipeEnd&) = delete;

  // --- set-up

  // Names the mailbox that posts go to. Before the peer can know this end, or by its maker.
  void set_mailbox(Mailbox& mailbox);
  // The owner takes the end into service on its own thread. From here on it hears of the peer.
  void adopt(PipeOwner& owner);
  PipeEnd& peer() { return *peer_; }
  Pipe& pipe() { return *pipe_; }

  // --- writing

  // Room for one more message. False: pipe_writable follows when there is (unless the peer is
  // gone).
  [[nodiscard]] bool can_write() {
    return slot_out_ != nullptr || out_->has_credit() || has_room_soon();
  }
  // The same, without asking for pipe_writable.
  [[nodiscard]] bool would_write() const;
  // Appends one frame; it becomes visible with `publish` after the last one. False: no memory.
  [[nodiscard]] bool write(const OutFrame& frame) {
    const bool is_copied = slot_out_ == nullptr && frame.bytes.size() <= YPipe::kCopyMax &&
                           (frame.message == nullptr || !frame.message->must_not_be_copied());
    return __builtin_expect(is_copied, 1) ? out_->append_frame(frame.bytes, frame.more)
                                          : write_message(frame);
  }
  // The same for bytes that are always copied: at most half a chunk.
  [[nodiscard]] bool write_copy(Bytes body, bool more);
  // Takes in, and publishes, what was read to YPipe::room().
  void accept(const PlainFrames& frames) {
    if (out_->accept(frames)) tell_reader();
  }
  // Subscriptions need no room and are never dropped. False: no memory.
  [[nodiscard]] bool write_subscription(bool subscribe, Bytes topic);
  [[nodiscard]] bool write_restart();
  // Says who the peer is from here on; takes over one count.
  [[nodiscard]] bool write_peer(PeerInfo* peer);
  void publish() {
    bool must_tell = out_->has_unpublished() && out_->publish();
    if (__builtin_expect(slot_out_ != nullptr, 0) && slot_out_->publish()) must_tell = true;
    if (__builtin_expect(must_tell, 0)) tell_reader();
  }
  void rollback();
  bool has_unpublished() const { return out_->has_unpublished(); }

  // --- reading

  // The next frame. `empty`: pipe_readable follows when there is something.
  Read read(Message& message) {
    Frame frame;
    const bool is_frame = slot_in_ == nullptr && in_->front_frame(frame);
    if (__builtin_expect(!is_frame, 0)) return read_other(message);
    fill(message, frame);
    if (__builtin_expect(in_->pop_frame(frame), 0)) notify_room();
    return Read::got;
  }
  // Takes the subscriptions at the front without making messages of them, and calls
  // `visit(subscribe, topic)` for each.
  template <typename Visit>
  void take_subscriptions(Visit visit) {
    Record record;
    while (in_->front(record) && record.is_subscription()) {
      visit(record.kind == Record::Kind::subscribe, record.payload);
      YPipe::release(record);
      if (in_->pop(record)) notify_room();
    }
  }
  // Whether `read` would give a frame; takes in what is before it (peer, restart, end). False means
  // that pipe_readable follows, or that the pipe has ended.
  [[nodiscard]] bool can_read();
  // The peer has written its last, and everything before that has been read.
  bool has_ended() const { return has_ended_ && (slot_in_ == nullptr || slot_in_->is_empty()); }
  // The peer's side has been told to leave, or will be: nothing more can be sent to it.
  bool is_peer_closing() const { return peer_->is_closing_.load(std::memory_order_acquire); }
  // The peer of the connection as last announced; null before that. Kept alive by this end.
  PeerInfo* peer_info() const { return peer_info_; }
  // For inproc, where both ends are known from the start. Takes over one count.
  void set_peer_info(PeerInfo* peer);

  // Raw access for a Link, which reads records instead of messages.
  YPipe& in() { return *in_; }
  YPipe& out() { return *out_; }
  ConflatingSlot* slot_in() { return slot_in_; }
  ConflatingSlot* slot_out() { return slot_out_; }
  // Tells the peer that there is room again (after YPipe::pop has said so).
  void notify_room();

  // --- the reactor's work on the thread of a near end; see Carrier. Each does nothing if there is
  // no Carrier, or if the reactor is at work on this pipe right now.

  // Sends what is in the pipe out. False: the reactor still has to be told of it.
  [[nodiscard]] bool carry_out();
  Carrier::Borrowed borrow_input();
  Carrier::Input read_input();
  void return_input(bool comes_back);
  // Whether the peer, a borrower, is between borrow_input and return_input. For the Carrier.
  bool is_peer_waiting() const { return peer_->is_waiting_.load(std::memory_order_acquire); }

  // --- high-water marks: the greatest number of messages on the way out and in; 0: none

  void set_out_limit(std::uint32_t messages) { out_->set_limit(messages); }
  void set_in_limit(std::uint32_t messages) { in_->set_limit(messages); }
  // The same for a pipe in use, by its reader: a writer that found it full looks again.
  void raise_in_limit(std::uint32_t messages);

  // --- leaving

  // Makes is_peer_closing() true at the other side, before what is written last is known.
  void foretell_leaving() { is_closing_.store(true, std::memory_order_seq_cst); }
  // Writes `end`; nothing can be written any more. `linger_ms` is for a Link at the other side.
  void shut_write(int linger_ms);
  bool has_shut_write() const { return has_shut_write_; }
  // Writes `end` if that was not done, and gives the end up: the reference is dead after this call.
  void leave(int linger_ms);
  // What the peer gave for linger when it left, in ms; for a Link.
  int peer_linger_ms() const { return peer_->linger_ms_.load(std::memory_order_acquire); }
  // For a Link: makes the peer's owner hear pipe_restarted.
  void announce_restart() { tell_peer(kRestarted); }

  // --- for the owner's use: places in the owner's tables, and what it knows about this end

  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  std::uint32_t queue_index = kNowhere;    // FairQueue
  std::uint32_t balance_index = kNowhere;  // LoadBalancer, Distributor
  std::uint32_t socket_index = kNowhere;   // Socket
  std::uint32_t tag = 0;                   // free for the pattern
  std::uint64_t endpoint_id = 0;           // which bind or connect this came from
  bool is_local = false;                   // inproc
  bool is_settling = false;                // the socket will let go of it after the current call
  // inproc: this side's high-water marks when the pipe was joined; negative: not joined yet. Read
  // by the other side.
  std::atomic<std::int32_t> joined_sndhwm{-1};
  std::atomic<std::int32_t> joined_rcvhwm{-1};
  bool is_dialed = false;            // this side connected
  PipeEnd* next_attached = nullptr;  // AttachQueue

 private:
  friend class Pipe;
  static constexpr std::uint32_t kReadable = 1;
  static constexpr std::uint32_t kWritable = 2;
  static constexpr std::uint32_t kClosing = 4;
  static constexpr std::uint32_t kRestarted = 8;

  static void serve(Attention& attention, std::uint32_t reasons);
  static void departed(Attention& attention);
  void tell_peer(std::uint32_t reason);
  void tell_reader();
  enum class Carried : std::uint8_t { done, busy, nobody };
  template <typename Work>
  Carried with_carrier(Work work);
  template <typename Work>
  Carried with_carrier_soon(Work work);
  bool go_dormant();
  bool has_room_soon();
  bool write_message(const OutFrame& frame);
  void take_in(const Record& record);
  void fill(Message& message, const Frame& frame) {
    message.set_role(Message::Role::data);
    message.set_more(frame.has_more);
    if (message.is_momentary()) {
      message.refer_to_constant(frame.body.data(), frame.body.size());
    } else {
      fill_copied(message, frame.body);
    }
  }
  void fill(Message& message, const Record& record);
  void fill_copied(Message& message, Bytes body);
  Read read_other(Message& message);
  Read read_slot(Message& message);
  // Whose properties go with a message.
  PeerInfo* peer_to_tell() const {
    return peer_info_ != nullptr && peer_info_->has_properties() ? peer_info_ : nullptr;
  }

  Pipe* pipe_;
  PipeEnd* peer_ = nullptr;
  YPipe* in_;
  YPipe* out_;
  ConflatingSlot* slot_in_;
  ConflatingSlot* slot_out_;
  Mailbox* mailbox_ = nullptr;
  PipeOwner* owner_ = nullptr;
  PeerInfo* peer_info_ = nullptr;
  Atomic<int> linger_ms_{0};
  bool has_ended_ = false;
  bool has_shut_write_ = false;
  // Sequentially consistent: the leaver stores is_closing_ and loads its peer's is_adopted_, the
  // adopter stores is_adopted_ and loads its peer's is_closing_; one of them sees the other.
  Atomic<bool> is_closing_{false};
  Atomic<bool> is_adopted_{false};
  Atomic<bool> is_waiting_{false};
};

class Pipe {
 public:
  // `conflate_*`: that direction keeps the latest message only. nullptr: no memory.
  static Pipe* make(bool conflate_a_to_b, bool conflate_b_to_a);
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  PipeEnd& a() { return a_; }
  PipeEnd& b() { return b_; }

  // A wire pipe: from here on whoever works on behalf of the far end, its owner included, holds the
  // baton while doing so. Null: that is over; only under the baton.
  void set_carrier(Carrier* carrier) {
    carrier_ = carrier;
    // Pairs with the acquire in with_carrier().
    has_carrier_.store(carrier != nullptr, std::memory_order_release);
  }
  Baton& baton() { return baton_; }

  // Frees a Pipe of which no end was ever adopted or posted to, whatever is in it.
  static void discard(Pipe* pipe) { delete pipe; }

 private:
  friend class PipeEnd;
  Pipe(ConflatingSlot* a_to_b, ConflatingSlot* b_to_a);
  ~Pipe();
  void end_departed();

  YPipe a_to_b_;
  YPipe b_to_a_;
  ConflatingSlot* slot_a_to_b_;
  ConflatingSlot* slot_b_to_a_;
  PipeEnd a_;
  PipeEnd b_;
  Atomic<int> ends_{2};
  Baton baton_;
  Atomic<bool> has_carrier_{false};
  Carrier* carrier_ = nullptr;  // under the baton
};

}  // namespace zmqng
