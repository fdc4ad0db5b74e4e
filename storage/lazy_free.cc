#include "storage/lazy_free.h"

#include <pthread.h>

#include <utility>

namespace redstart {

LazyFree::~LazyFree() {
  {
    const MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void LazyFree::Add(size_t objects, std::function<void()> job, size_t bytes) {
  added_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  const MutexLock lock(&mutex_);
  pending_objects_ += objects;
  jobs_.push_back({objects, std::move(job), bytes});
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { Loop(); });
    pthread_setname_np(thread_.native_handle(), "lazy_free");
  }
  changed_.notify_all();
}

void LazyFree::Drain() {
  const MutexLock lock(&mutex_);
  while (!jobs_.empty() || running_job_) changed_.wait(mutex_);
}

uint64_t LazyFree::pending_objects() const {
  const MutexLock lock(&mutex_);
  return pending_objects_;
}

uint64_t LazyFree::freed_objects() const {
  const MutexLock lock(&mutex_);
  return freed_objects_;
}

void LazyFree::Loop() {
  mutex_.lock();
  while (true) {
    while (!stopping_ && jobs_.empty()) changed_.wait(mutex_);
    if (jobs_.empty()) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    running_job_ = true;
    mutex_.unlock();
    job.run();
    job.run = nullptr;  // What the job owns goes here, without the lock.
    freed_bytes_.fetch_add(job.bytes, std::memory_order_relaxed);
    mutex_.lock();
    running_job_ = false;
    pending_objects_ -= job.objects;
    freed_objects_ += job.objects;
    changed_.notify_all();
  }
  mutex_.unlock();
}

}  // namespace redstart
