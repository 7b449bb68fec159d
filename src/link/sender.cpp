#include "link/sender.h"

#include <algorithm>

#include "base/check.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"

namespace zmqng {

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

void Sender::attach(PipeEnd& far, Encoding encoding, Version version, bool skips_to_restart) {
  far_ = &far;
  encoding_ = encoding;
  version_ = version;
  skips_to_restart_ = skips_to_restart;
}

void Sender::stage(Bytes bytes) {
  if (staged_sent_ == staged_.size()) {
    staged_.clear();
    staged_sent_ = 0;
  }
  append(staged_, bytes);
}

std::size_t Sender::wire_size(const Record& record) {
  return record.wire.size() + (record.is_by_reference ? record.payload.size() : 0);
}

Sender::Outcome Sender::flush() {
  for (int i = 0; i < kBatchesPerTurn; ++i) {
    Batch batch;
    gather(batch);
    if (batch.count == 0) {
      if (far_ == nullptr || has_reached_end_ || go_dormant()) return Outcome::idle;
      continue;
    }
    const IoResult result = stream_.write(batch.parts, batch.count);
    if (result.status == IoResult::Status::try_later) return Outcome::blocked;
    if (result.is_end()) {
      lost_error_ = result.end_error();
      return Outcome::lost;
    }
    consume(result.bytes);
    if (result.bytes < batch.bytes) return Outcome::blocked;
  }
  return Outcome::again;
}

bool Sender::go_dormant() {
  if (ConflatingSlot* slot = far_->slot_in()) {
    if (!slot->go_dormant()) return slot->is_empty();
  }
  if (far_->in().give_credit()) far_->notify_room();
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
      const std::size_t header = record.wire.size();
      if (sent_in_record_ < header) batch.add(record.wire.subspan(sent_in_record_));
      if (record.is_by_reference) {
        batch.add(record.payload.subspan(sent_in_record_ > header ? sent_in_record_ - header : 0));
      }
      YPipe::step(cursor, record);
    }
    batch.add(Bytes(staged_).subspan(staged_sent_));
    if (encoding_ == Encoding::zmtp && !skips_to_restart_) gather_records(batch, cursor);
    if (batch.count > 0 || !prepare_special()) return;
  }
}

void Sender::gather_records(Batch& batch, YPipe::Cursor cursor) {
  Record record;
  while (batch.count + 2 <= kPartsMax && batch.bytes < kBatchBytes &&
         far_->in().peek(cursor, record) && record.is_data()) {
    batch.add(record.wire);
    if (record.is_by_reference) batch.add(record.payload);
    YPipe::step(cursor, record);
  }
}

// Nothing can be sent as it stands: turns records at the front into staged bytes. False: nothing
// left.
bool Sender::prepare_special() {
  staged_.clear();
  staged_sent_ = 0;
  if (stage_from_slot()) return true;
  Record record;
  while (staged_.size() < kStageBytes && far_->in().front(record)) {
    if (record.kind == Record::Kind::end) {
      has_reached_end_ = true;
      break;
    }
    if (record.kind == Record::Kind::restart) {
      skips_to_restart_ = false;
    } else if (!skips_to_restart_ && !stage_record(record)) {
      return true;  // a plain frame: sent from the pipe
    }
    finish(record);
  }
  if (has_staged()) return true;
  staged_.shrink_to_fit();
  return false;
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

// False: the record can be sent as it is.
bool Sender::stage_record(const Record& record) {
  switch (record.kind) {
    case Record::Kind::subscribe:
      append_subscribe(staged_, version_, record.payload);
      return true;
    case Record::Kind::cancel:
      append_cancel(staged_, version_, record.payload);
      return true;
    case Record::Kind::frame:
    case Record::Kind::referenced:
      break;
    default:
      return true;
  }
  switch (encoding_) {
    case Encoding::zmtp:
      return false;
    case Encoding::zmtp_v1:
      append_frame_v1(staged_, record.has_more ? kFrameMore : 0, record.payload);
      return true;
    case Encoding::raw:
      append(staged_, record.payload);
      return true;
  }
  return true;
}

void Sender::finish(const Record& record) {
  if (record.is_data()) is_inside_message_ = record.has_more;
  YPipe::release(record);
  if (far_->in().pop(record)) far_->notify_room();
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
  const std::size_t staged = std::min(bytes, staged_.size() - staged_sent_);
  staged_sent_ += staged;
  bytes -= staged;
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

void Sender::skip_to_message_start() {
  if (far_ == nullptr) return;
  Record record;
  bool must_skip = sent_in_record_ > 0 || is_inside_message_;
  while (must_skip && far_->in().front(record)) {
    if (!record.is_data()) break;
    must_skip = record.has_more;
    finish(record);
  }
  sent_in_record_ = 0;
  is_inside_message_ = false;
}

}  // namespace zmqng
