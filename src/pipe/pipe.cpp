#include "pipe/pipe.h"

#include <new>

#include "base/check.h"
#include "sync/yield.h"

namespace zmqng {
namespace {

// Received bodies up to this size are copied out, so that a kept message does not pin its chunk.
constexpr std::size_t kCopyOutMax = 512;

}  // namespace

PipeEnd::PipeEnd(Pipe& pipe, YPipe& in, YPipe& out, ConflatingSlot* slot_in,
                 ConflatingSlot* slot_out)
    : Attention(serve, departed),
      pipe_(&pipe),
      in_(&in),
      out_(&out),
      slot_in_(slot_in),
      slot_out_(slot_out) {}

void PipeEnd::set_mailbox(Mailbox& mailbox) {
  CHECK(mailbox_ == nullptr);
  mailbox_ = mailbox.add_ref();
}

void PipeEnd::adopt(PipeOwner& owner) {
  owner_ = &owner;
  is_adopted_.store(true, std::memory_order_seq_cst);
  if (peer_->is_closing_.load(std::memory_order_seq_cst)) Attention::post(*mailbox_, kClosing);
}

void PipeEnd::serve(Attention& attention, std::uint32_t reasons) {
  auto& self = static_cast<PipeEnd&>(attention);
  PipeOwner* owner = self.owner_;
  if (owner == nullptr) return;
  if ((reasons & kRestarted) != 0) owner->pipe_restarted(self);
  if ((reasons & kClosing) != 0) owner->pipe_closing(self);
  if ((reasons & kWritable) != 0) owner->pipe_writable(self);
  if ((reasons & kReadable) != 0) owner->pipe_readable(self);
}

void PipeEnd::departed(Attention& attention) {
  static_cast<PipeEnd&>(attention).pipe_->end_departed();
}

// Posts to the peer's owner. The Pipe, and with it both mailboxes, lives as long as this end.
void PipeEnd::tell_peer(std::uint32_t reason) {
  if (peer_->mailbox_ != nullptr) peer_->Attention::post(*peer_->mailbox_, reason);
}

// ---- writing

bool PipeEnd::would_write() const {
  return slot_out_ != nullptr || out_->would_have_credit();
}

// Not now, in any case.
bool PipeEnd::has_room_soon() {
  const bool must_tell = out_->begins_to_wait() && out_->has_awake_reader() && owner_ != nullptr &&
                         owner_->pipe_full(*this);
  if (must_tell) tell_peer(kReadable);
  return false;
}

// By reference, or into a slot.
bool PipeEnd::write_message(const OutFrame& frame) {
  if (slot_out_ != nullptr) {
    Message copy;
    if (frame.message != nullptr) {
      copy.share(*frame.message);
    } else if (!copy.assign(frame.bytes)) {
      return false;
    }
    return slot_out_->put(std::move(copy));
  }
  CHECK(frame.message != nullptr);
  Body* body = frame.message->body();
  if (!out_->append_referenced({frame.bytes.data(), frame.bytes.size(), body}, frame.more)) {
    return false;
  }
  if (body != nullptr) body->add_ref();
  return true;
}

bool PipeEnd::write_copy(Bytes body, bool more) {
  if (slot_out_ == nullptr) return out_->append_moved_frame(body, more);
  Message copy;
  return copy.assign(body) && slot_out_->put(std::move(copy));
}

bool PipeEnd::write_subscription(bool subscribe, Bytes topic) {
  return out_->append_subscription(subscribe, topic);
}

bool PipeEnd::write_restart() {
  return out_->append_restart();
}

bool PipeEnd::write_peer(PeerInfo* peer) {
  return out_->append_peer(peer);
}

void PipeEnd::tell_reader() {
  if (owner_ != nullptr && owner_->pipe_published_to_sleeper(*this)) return;
  tell_peer(kReadable);
}

void PipeEnd::rollback() {
  out_->rollback();
}

// ---- reading

void PipeEnd::set_peer_info(PeerInfo* peer) {
  if (peer_info_ != nullptr) peer_info_->drop();
  peer_info_ = peer;
}

// Consumes a record that is not a frame for the application.
void PipeEnd::take_in(const Record& record) {
  if (in_->pop(record)) notify_room();
  switch (record.kind) {
    case Record::Kind::peer:
      set_peer_info(record.peer);
      break;
    case Record::Kind::end:
      has_ended_ = true;
      break;
    default:
      break;  // restart: between two sockets nothing is ever sent twice
  }
}

bool PipeEnd::can_read() {
  for (;;) {
    // Each time anew: what the peer put there before its `end` is seen once the `end` is.
    if (slot_in_ != nullptr && !slot_in_->is_empty()) return true;
    if (has_ended_) return false;
    Record record;
    if (in_->front(record)) {
      if (record.kind < Record::Kind::peer) return true;
      take_in(record);
      continue;
    }
    if (slot_in_ != nullptr && !slot_in_->go_dormant()) {
      if (!slot_in_->is_empty()) return true;
      has_ended_ = has_ended_ || slot_in_->has_ended();
      continue;
    }
    if (in_->give_credit()) notify_room();
    if (go_dormant()) return false;
  }
}

// False: something has come in. Whoever writes to a pipe with a Carrier holds the baton, so under
// the baton no fence is needed.
bool PipeEnd::go_dormant() {
  bool is_dormant = false;
  const Carried carried = with_carrier([&](Carrier&) {
    is_dormant = in_->go_dormant_alone();
    return false;
  });
  return carried == Carried::done ? is_dormant : in_->go_dormant();
}

void PipeEnd::fill(Message& message, const Record& record) {
  message.set_role(record.kind == Record::Kind::subscribe ? Message::Role::subscribe
                   : record.kind == Record::Kind::cancel  ? Message::Role::cancel
                                                          : Message::Role::data);
  message.set_more(record.has_more);
  if (record.is_by_reference) {
    if (record.body != nullptr) {
      message.adopt(record.body, record.payload.data(), record.payload.size());
    } else {
      message.refer_to_constant(record.payload.data(), record.payload.size());
    }
  } else {
    fill_copied(message, record.payload);
    return;
  }
  message.set_peer(peer_to_tell());
}

// The bytes stand in the chunk at the front.
void PipeEnd::fill_copied(Message& message, Bytes body) {
  if (body.size() > (message.is_brief() ? Message::kInlineMax : kCopyOutMax) ||
      !message.assign(body)) {
    Chunk& chunk = in_->front_chunk();
    chunk.add_ref();
    message.adopt(&chunk, body.data(), body.size());
  }
  message.set_peer(peer_to_tell());
}

// Anything but a plain frame.
PipeEnd::Read PipeEnd::read_other(Message& message) {
  if (slot_in_ != nullptr) return read_slot(message);
  for (;;) {
    Record record;
    if (__builtin_expect(in_->front(record), 1)) {
      if (__builtin_expect(record.kind < Record::Kind::peer, 1)) {
        fill(message, record);
        if (in_->pop(record)) notify_room();
        return Read::got;
      }
      take_in(record);
      continue;
    }
    if (has_ended_) return Read::ended;
    if (in_->give_credit()) notify_room();
    if (go_dormant()) return Read::empty;
  }
}

PipeEnd::Read PipeEnd::read_slot(Message& message) {
  for (;;) {
    if (!can_read()) return has_ended_ ? Read::ended : Read::empty;
    if (slot_in_->take(message)) {
      if (message.peer() == nullptr && peer_info_ != nullptr && peer_info_->has_properties()) {
        message.set_peer(peer_info_);
      }
      message.set_more(false);
      return Read::got;
    }
    Record record;
    if (in_->front(record) && record.kind < Record::Kind::peer) {
      fill(message, record);
      if (in_->pop(record)) notify_room();
      return Read::got;
    }
  }
}

void PipeEnd::raise_in_limit(std::uint32_t messages) {
  in_->set_limit(messages);
  if (in_->give_credit()) notify_room();
}

void PipeEnd::notify_room() {
  tell_peer(kWritable);
}

// ---- the reactor's work

// Calls `work` under the baton; it returns whether the far end has to be told.
template <typename Work>
PipeEnd::Carried PipeEnd::with_carrier(Work work) {
  if (!pipe_->has_carrier_.load(std::memory_order_acquire)) return Carried::nobody;
  if (!pipe_->baton_.try_take()) return Carried::busy;
  Carrier* carrier = pipe_->carrier_;
  bool must_tell = carrier != nullptr && work(*carrier);
  // A note is the reactor's, which found the baton taken and keeps what it has to do in mind.
  while (!pipe_->baton_.put_down()) must_tell = true;
  if (must_tell) tell_peer(kReadable);
  return carrier != nullptr ? Carried::done : Carried::nobody;
}

// The reactor seldom keeps the baton for long.
template <typename Work>
PipeEnd::Carried PipeEnd::with_carrier_soon(Work work) {
  constexpr int kTries = 8;
  Carried carried = with_carrier(work);
  for (int i = 0; i < kTries && carried == Carried::busy; ++i) {
    yield_thread();
    carried = with_carrier(work);
  }
  return carried;
}

bool PipeEnd::carry_out() {
  bool is_sent = false;
  (void)with_carrier([&](Carrier& carrier) {
    is_sent = carrier.send_now();
    return false;
  });
  return is_sent;
}

Carrier::Borrowed PipeEnd::borrow_input() {
  Carrier::Borrowed borrowed;
  is_waiting_.store(true, std::memory_order_release);
  const Carried carried = with_carrier_soon([&](Carrier& carrier) {
    borrowed = carrier.borrow_input();
    return false;
  });
  if (borrowed.fd < 0) is_waiting_.store(false, std::memory_order_release);
  borrowed.is_unknown = carried == Carried::busy;
  // It may be ours from before: unless we ask again the reactor has to take it back.
  if (borrowed.is_unknown) tell_peer(kReadable);
  return borrowed;
}

Carrier::Input PipeEnd::read_input() {
  auto input = Carrier::Input::not_ours;
  const Carried carried = with_carrier_soon([&](Carrier& carrier) {
    bool must_tell = false;
    input = carrier.read_input(must_tell);
    return must_tell;
  });
  return carried == Carried::busy ? Carrier::Input::unknown : input;
}

void PipeEnd::return_input(bool comes_back) {
  is_waiting_.store(false, std::memory_order_release);
  const Carried carried =
      with_carrier_soon([&](Carrier& carrier) { return carrier.return_input(comes_back); });
  if (carried == Carried::busy) tell_peer(kReadable);
}

// ---- leaving

void PipeEnd::shut_write(int linger_ms) {
  if (has_shut_write_) return;
  has_shut_write_ = true;
  out_->rollback();
  linger_ms_.store(linger_ms, std::memory_order_release);
  // Without memory for the mark the peer still hears of it if it is a Link.
  if (out_->append_end() && out_->publish()) tell_peer(kReadable);
  if (slot_out_ != nullptr) {
    slot_out_->end();
    if (slot_out_->publish()) tell_peer(kReadable);
  }
  is_closing_.store(true, std::memory_order_seq_cst);
  if (peer_->is_adopted_.load(std::memory_order_seq_cst)) tell_peer(kClosing);
}

void PipeEnd::leave(int linger_ms) {
  shut_write(linger_ms);
  owner_ = nullptr;
  Attention::leave();
}

// ---- Pipe

Pipe* Pipe::make(bool conflate_a_to_b, bool conflate_b_to_a) {
  ConflatingSlot* a_to_b = conflate_a_to_b ? new (std::nothrow) ConflatingSlot : nullptr;
  ConflatingSlot* b_to_a = conflate_b_to_a ? new (std::nothrow) ConflatingSlot : nullptr;
  Pipe* pipe = nullptr;
  if ((a_to_b != nullptr) == conflate_a_to_b && (b_to_a != nullptr) == conflate_b_to_a) {
    pipe = new (std::nothrow) Pipe(a_to_b, b_to_a);
  }
  if (pipe == nullptr) {
    delete a_to_b;
    delete b_to_a;
  }
  return pipe;
}

Pipe::Pipe(ConflatingSlot* a_to_b, ConflatingSlot* b_to_a)
    : slot_a_to_b_(a_to_b),
      slot_b_to_a_(b_to_a),
      a_(*this, b_to_a_, a_to_b_, b_to_a, a_to_b),
      b_(*this, a_to_b_, b_to_a_, a_to_b, b_to_a) {
  a_.peer_ = &b_;
  b_.peer_ = &a_;
}

Pipe::~Pipe() {
  for (PipeEnd* end : {&a_, &b_}) {
    end->set_peer_info(nullptr);
    if (end->mailbox_ != nullptr) end->mailbox_->drop();
  }
  delete slot_a_to_b_;
  delete slot_b_to_a_;
}

void Pipe::end_departed() {
  if (ends_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace zmqng
