#include "sync/mailbox.h"

namespace zmqng {

void Attention::post(Mailbox& mailbox, std::uint32_t reasons) {
  // acq_rel: what the poster did before is seen by Serve (pairs with the exchange in serve_all).
  const std::uint32_t before = reasons_.fetch_or(reasons | kQueued, std::memory_order_acq_rel);
  if ((before & kQueued) == 0) mailbox.push(*this);
}

void Attention::leave() {
  const std::uint32_t before = reasons_.fetch_or(kLeft | kQueued, std::memory_order_acq_rel);
  // Queued: whoever takes it out of the list departs it. Not queued: the bit keeps posters off for
  // good.
  if ((before & kQueued) == 0) departed_(*this);
}

// Read-modify-writes throughout: a plain load could miss that the owner has left just now.
void Attention::let_go() {
  std::uint32_t reasons = reasons_.load(std::memory_order_acquire);
  do {
    if ((reasons & kLeft) != 0) {
      departed_(*this);
      return;
    }
  } while (!reasons_.compare_exchange_weak(reasons, 0, std::memory_order_acq_rel,
                                           std::memory_order_acquire));
}

void Mailbox::push(Attention& entry) {
  Attention* head = head_.load(std::memory_order_relaxed);
  do {
    if (head == closed_mark()) {
      entry.let_go();
      return;
    }
    entry.next_ = head;
    // seq_cst: this store and the load of waker_ below against the store and load in arm_with()
    // (Dekker).
  } while (!head_.compare_exchange_weak(head, &entry, std::memory_order_seq_cst,
                                        std::memory_order_relaxed));
  wake();
}

void Mailbox::wake() {
  if (waker_.load(std::memory_order_seq_cst) == nullptr) return;
  Mailbox* waker = waker_.exchange(nullptr, std::memory_order_seq_cst);
  if (waker == parker_mark()) {
    parker_.unpark();
  } else if (waker != nullptr) {
    waker->fd_.signal();
    if (waker != this) waker->drop();
  }
}

// Only the owner puts a waker there; others take it out, and then signal it.
void Mailbox::set_waker(Mailbox* waker) {
  Mailbox* before = waker_.load(std::memory_order_relaxed);
  if (before == waker) return;
  if (is_other(waker)) waker->add_ref();
  if (!is_other(before)) {
    waker_.store(waker, waker != nullptr ? std::memory_order_seq_cst : std::memory_order_relaxed);
    return;
  }
  before = waker_.exchange(waker, std::memory_order_seq_cst);
  if (before != nullptr) before->drop();
}

bool Mailbox::arm(Wake by) {
  if (by == Wake::parker) parker_.prepare();
  return arm_with(by == Wake::parker ? parker_mark() : this);
}

bool Mailbox::arm_with(Mailbox* waker) {
  set_waker(waker);
  if (head_.load(std::memory_order_seq_cst) == nullptr) return true;
  disarm();
  return false;
}

Attention* Mailbox::reverse(Attention* list) {
  Attention* reversed = nullptr;
  while (list != nullptr) {
    Attention* next = list->next_;
    list->next_ = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

void Mailbox::serve_all() {
  Attention* list = head_.load(std::memory_order_relaxed);
  if (list == nullptr || list == closed_mark()) return;
  list = reverse(head_.exchange(nullptr, std::memory_order_acquire));
  while (list != nullptr) {
    Attention& entry = *list;
    list = entry.next_;  // once the reasons are taken the entry may be queued again
    std::uint32_t reasons = entry.reasons_.load(std::memory_order_relaxed);
    if ((reasons & Attention::kLeft) == 0) {
      reasons = entry.reasons_.exchange(0, std::memory_order_acq_rel);
      entry.serve_(entry, reasons & ~Attention::kQueued);
    } else {
      entry.departed_(entry);
    }
  }
}

void Mailbox::close() {
  Attention* list = head_.exchange(closed_mark(), std::memory_order_acq_rel);
  if (list == closed_mark()) return;
  while (list != nullptr) {
    Attention& entry = *list;
    list = entry.next_;
    entry.let_go();
  }
}

}  // namespace zmqng
