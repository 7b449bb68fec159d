#include "link/sender.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"

namespace zmqng {
namespace {

// The place of the last restart mark that is in the pipe; 0: none.
std::uint64_t last_restart(YPipe& pipe) {
  std::uint64_t last = 0;
  Record record;
  YPipe::Cursor cursor = pipe.read_cursor();
  while (pipe.peek(cursor, record)) {
    if (record.kind == Record::Kind::restart) last = cursor.position;
    YPipe::step(cursor, record);
  }
  return last;
}

}  // namespace

void drop_to_restart(PipeEnd& far) {
  YPipe& pipe = far.in();
  Record record;
  // Not to be searched again and again while data is in the way.
  if (!pipe.front(record) || record.is_data()) return;
  const std::uint64_t last = last_restart(pipe);
  bool must_tell = false;
  while (pipe.front(record) && pipe.read_cursor().position < last && !record.is_data()) {
    YPipe::release(record);
    if (pipe.pop(record)) must_tell = true;
  }
  if (pipe.give_credit() || must_tell) far.notify_room();
}

void Sender::Batch::add(Bytes more) {
  if (more.empty()) return;
  bytes += more.size();
  if (count > 0) {
    iovec& last = parts[count - 1];
    if (static_cast<const std::uint8_t*>(last.iov_base) + last.iov_len == more.data()) {
      last.iov_len += more.size();
      return;
    }
  }
  parts[count++] = {const_cast<std::uint8_t*>(more.data()), more.size()};
}

void Sender::Batch::add(const YPipe::Run& run) {
  add(run.bytes);
  messages += run.messages;
  ends_inside = run.ends_inside;
}

void Sender::attach(PipeEnd& far, Encoding encoding, Version version, bool skips_to_restart) {
  far_ = &far;
  seen_ = far.in().messages_read();
  encoding_ = encoding;
  version_ = version;
  skips_to_restart_ = skips_to_restart;
  if (skips_to_restart) restart_at_ = last_restart(far.in());
}

void Sender::stage(Bytes bytes) {
  if (!has_staged()) clear_staged();
  append(staged_, bytes);
}

void Sender::clear_staged() {
  staged_.clear();
  staged_sent_ = 0;
  staged_ends_.clear();
  staged_finished_ = 0;
}

// What stands in the pipe itself of what is sent for a data record; a content by reference follows.
Bytes Sender::head_of(const Record& record) const {
  if (encoding_ != Encoding::raw) return record.wire;
  return record.is_by_reference ? Bytes{} : record.payload;
}

std::size_t Sender::wire_size(const Record& record) const {
  return head_of(record).size() + (record.is_by_reference ? record.payload.size() : 0);
}

Sender::Outcome Sender::flush(Rounds* rounds) {
  if (lost_error_ != 0) return Outcome::lost;
  for (int i = 0; i < kBatchesPerTurn; ++i) {
    Batch batch;
    gather(batch);
    if (batch.count == 0) {
      if (far_ == nullptr || has_reached_end_) return Outcome::idle;
      is_awake_ = rounds != nullptr && stays_awake(*rounds);
      if (is_awake_) return Outcome::awake;
      if (go_dormant()) return Outcome::idle;
      continue;
    }
    const IoResult result = stream_.write(batch.parts, batch.count);
    if (result.status == IoResult::Status::try_later) return Outcome::blocked;
    if (result.is_end()) {
      lost_error_ = result.end_error();
      return Outcome::lost;
    }
    take_out(batch, result.bytes);
    if (result.bytes < batch.bytes) return Outcome::blocked;
  }
  return Outcome::again;
}

bool Sender::flush_now() {
  if (has_staged() || has_staged_records() || sent_in_record_ != 0 || lost_error_ != 0)
    return false;
  YPipe& pipe = far_->in();
  Record record;
  for (int i = 0; i < kBatchesPerTurn; ++i) {
    Batch batch;
    batch.is_plain = true;
    gather_records(batch, pipe.read_cursor());
    if (batch.count == 0) {
      give_credit();
      return is_awake_ ? !pipe.front(record) : pipe.go_dormant_alone();
    }
    const IoResult result = stream_.write(batch.parts, batch.count);
    if (result.is_end()) lost_error_ = result.end_error();
    if (!result.is_done()) return false;
    take_out(batch, result.bytes);
    if (result.bytes < batch.bytes) return false;
  }
  return false;
}

// Everything is sent. Where many messages come, more will soon.
bool Sender::stays_awake(Rounds& rounds) {
  const std::uint64_t seen = far_->in().messages_read();
  const std::uint64_t came = seen - seen_;
  seen_ = seen;
  rounds.count(came);
  // What is subscribed and cancelled in turn would seem to pile up unread (Subscriber::is_pile).
  const bool is_toggled = std::exchange(has_cancelled_, false);
  if (came == 0 || is_toggled || !rounds.is_worth_it()) return false;
  give_credit();
  if (came > YPipe::kFewMessages) far_->in().stay_awake();
  return true;
}

void Sender::give_credit() {
  if (far_->in().give_credit()) far_->notify_room();
}

bool Sender::go_dormant() {
  if (ConflatingSlot* slot = far_->slot_in()) {
    if (!slot->go_dormant()) return slot->is_empty();
  }
  give_credit();
  return far_->in().go_dormant();
}

void Sender::gather(Batch& batch) {
  if (far_ == nullptr) {
    batch.add(Bytes(staged_).subspan(staged_sent_));
    return;
  }
  YPipe& pipe = far_->in();
  for (;;) {
    YPipe::Cursor cursor = pipe.read_cursor();
    if (sent_in_record_ > 0) {
      Record record;
      const bool is_there = pipe.peek(cursor, record);
      CHECK(is_there);
      const Bytes head = head_of(record);
      const std::size_t in_head = std::min(sent_in_record_, head.size());
      batch.add(head.subspan(in_head));
      if (record.is_by_reference) batch.add(record.payload.subspan(sent_in_record_ - in_head));
      YPipe::step(cursor, record);
    }
    batch.add(Bytes(staged_).subspan(staged_sent_));
    batch.is_plain = batch.count == 0;
    if (!has_staged_records()) gather_records(batch, cursor);
    if (batch.count > 0 || !prepare_special()) return;
  }
}

void Sender::gather_records(Batch& batch, YPipe::Cursor cursor) {
  YPipe::Run run;
  Record record;
  while (batch.count + 2 <= kPartsMax && batch.bytes < kBatchBytes) {
    if (encoding_ == Encoding::zmtp && far_->in().next_run(cursor, run)) {
      batch.add(run);
      continue;
    }
    if (!far_->in().peek(cursor, record) || !is_sent_as_it_is(record)) return;
    batch.is_plain = false;
    batch.add(head_of(record));
    if (record.is_by_reference) batch.add(record.payload);
    YPipe::step(cursor, record);
  }
}

// Nothing can be sent as it stands: writes records at the front in another form. False: nothing
// left.
bool Sender::prepare_special() {
  clear_staged();
  if (stage_from_slot()) return true;
  if (drop_unsent()) {
    YPipe::Cursor cursor = far_->in().read_cursor();
    Record record;
    while (staged_.size() < kStageBytes && far_->in().peek(cursor, record) && is_sent(record) &&
           !is_sent_as_it_is(record)) {
      stage_record(record);
      staged_ends_.push_back(staged_.size());
      YPipe::step(cursor, record);
    }
    return true;
  }
  // shrink_to_fit() does nothing where there are no exceptions, nor does assigning {}.
  staged_ = Octets();
  staged_ends_ = std::vector<std::size_t>();
  return false;
}

// Removes what stands at the front and means nothing to the peer. False: nothing else is there.
bool Sender::drop_unsent() {
  Record record;
  while (far_->in().front(record) && !has_reached_end_) {
    if (is_sent(record)) return true;
    if (record.kind == Record::Kind::end) {
      has_reached_end_ = true;
      return false;
    }
    const bool is_restart = record.kind == Record::Kind::restart;
    if (is_restart && far_->in().read_cursor().position >= restart_at_) skips_to_restart_ = false;
    finish(record);
  }
  return false;
}

bool Sender::is_sent(const Record& record) const {
  if (record.is_subscription()) return !skips_to_restart_;
  return record.is_data() && (encoding_ != Encoding::raw || wire_size(record) != 0);
}

bool Sender::is_sent_as_it_is(const Record& record) const {
  if (record.is_data()) return encoding_ != Encoding::zmtp_v1;
  const bool has_same_form = encoding_ == Encoding::zmtp && version_ == Version::v3_1;
  return record.is_subscription() && has_same_form && !record.is_by_reference && !skips_to_restart_;
}

bool Sender::stage_from_slot() {
  ConflatingSlot* slot = far_->slot_in();
  Message latest;
  if (slot == nullptr || !slot->take(latest)) return false;
  if (encoding_ == Encoding::zmtp_v1) {
    append_frame_v1(staged_, 0, latest.bytes());
  } else {
    append_frame(staged_, 0, latest.bytes());
  }
  return true;
}

void Sender::stage_record(const Record& record) {
  if (record.kind == Record::Kind::subscribe) {
    append_subscribe(staged_, version_, record.payload);
  } else if (record.kind == Record::Kind::cancel) {
    append_cancel(staged_, version_, record.payload);
  } else {
    append_frame_v1(staged_, record.has_more ? kFrameMore : 0, record.payload);
  }
}

void Sender::finish(const Record& record) {
  if (record.is_data()) is_inside_message_ = record.has_more;
  if (record.kind == Record::Kind::cancel) has_cancelled_ = true;
  YPipe::release(record);
  if (far_->in().pop(record)) far_->notify_room();
}

// So many bytes of the batch are with the kernel.
void Sender::take_out(const Batch& batch, std::size_t bytes) {
  if (!batch.is_plain || bytes < batch.bytes) {
    consume(bytes);
    return;
  }
  for (int i = 0; i < batch.count; ++i) far_->in().drop_run(batch.parts[i].iov_len);
  is_inside_message_ = batch.ends_inside;
  if (far_->in().messages_taken(batch.messages)) far_->notify_room();
}

void Sender::consume(std::size_t bytes) {
  Record record;
  if (sent_in_record_ > 0) {
    const bool is_there = far_->in().front(record);
    CHECK(is_there);
    const std::size_t left = wire_size(record) - sent_in_record_;
    if (bytes < left) {
      sent_in_record_ += bytes;
      return;
    }
    bytes -= left;
    sent_in_record_ = 0;
    finish(record);
  }
  bytes -= consume_staged(bytes);
  while (bytes > 0) {
    const bool is_there = far_->in().front(record);
    CHECK(is_there);
    const std::size_t size = wire_size(record);
    if (bytes < size) {
      sent_in_record_ = bytes;
      return;
    }
    bytes -= size;
    finish(record);
  }
}

std::size_t Sender::consume_staged(std::size_t bytes) {
  const std::size_t taken = std::min(bytes, staged_.size() - staged_sent_);
  staged_sent_ += taken;
  while (has_staged_records() && staged_ends_[staged_finished_] <= staged_sent_) {
    Record record;
    const bool is_there = far_->in().front(record);
    CHECK(is_there);
    finish(record);
    ++staged_finished_;
  }
  return taken;
}

bool Sender::is_staged_record_cut() const {
  const std::size_t begin = staged_finished_ == 0 ? 0 : staged_ends_[staged_finished_ - 1];
  return has_staged_records() && staged_sent_ > begin;
}

void Sender::skip_to_message_start() {
  if (far_ == nullptr) return;
  Record record;
  bool must_skip = sent_in_record_ > 0 || is_inside_message_ || is_staged_record_cut();
  while (must_skip && far_->in().front(record)) {
    if (!record.is_data()) break;
    must_skip = record.has_more;
    finish(record);
  }
  clear_staged();
  sent_in_record_ = 0;
  is_inside_message_ = false;
}

}  // namespace zmqng
