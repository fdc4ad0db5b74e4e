#include "server/exec/mailbox.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace redstart {
namespace {

thread_local absl::InlinedVector<Mailbox*, 4> t_to_wake;
thread_local bool t_stages = false;
thread_local std::vector<std::pair<Mailbox*, Mailbox::Message>> t_staged;

}  // namespace

Mailbox::~Mailbox() {
  Take();
}

void Mailbox::Push(Message message) {
  if (t_stages) [[unlikely]] {
    t_staged.emplace_back(this, std::move(message));
    return;
  }
  PushNow(std::move(message));
}

void Mailbox::Stage() {
  t_stages = true;
}

void Mailbox::ReleaseStaged() {
  t_stages = false;
  for (auto& [mailbox, message] : t_staged) mailbox->PushNow(std::move(message));
  t_staged.clear();
}

void Mailbox::PushNow(Message message) {
  Node* before = newest_.load(std::memory_order_relaxed);
  Node* node = new Node{before, std::move(message)};
  while (!newest_.compare_exchange_weak(before, node, std::memory_order_release,
                                        std::memory_order_relaxed)) {
    node->next = before;
  }
  // From here on the node is the consumer's, which may have freed it already.
  // Whoever finds the queue empty wakes; the others' messages are taken along.
  if (before == nullptr) t_to_wake.push_back(this);
}

std::vector<Mailbox::Message> Mailbox::Take() {
  std::vector<Message> messages;
  for (Node* node = newest_.exchange(nullptr, std::memory_order_acquire); node != nullptr;) {
    messages.push_back(std::move(node->message));
    Node* next = node->next;
    delete node;
    node = next;
  }
  std::reverse(messages.begin(), messages.end());
  return messages;
}

void Mailbox::FlushWakes() {
  if (t_to_wake.empty()) return;
  const auto to_wake = std::move(t_to_wake);
  t_to_wake.clear();
  for (Mailbox* mailbox : to_wake) mailbox->wake_();
}

}  // namespace redstart
