#include "bindings/waiting.h"

#include <nanobind/nanobind.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

extern "C" int PyGILState_Check(void);  // not in the limited API's headers, but in every interpreter

namespace lakelet::python {
namespace {

constexpr std::chrono::milliseconds kLookAtSignals{40};

// Python runs signal handlers on the main thread alone; after a fork the one thread that is left is the main one.
bool on_main_thread() {
  return ::syscall(SYS_gettid) == ::getpid();
}

class Worker {
 public:
  explicit Worker(const std::function<void()>& work)
      : thread_([this, &work] {
          try {
            work();
          } catch (...) {
            failure_ = std::current_exception();
          }
          const std::lock_guard lock(mutex_);
          done_ = true;
          changed_.notify_one();
        }) {}
  ~Worker() { thread_.join(); }

  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLookAtSignals, [this] { return done_; });
  }
  std::exception_ptr failure() const { return failure_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the others
};

// The exception that a signal's handler raised; null if none did.
PyObject* raised_by_signals() {
  const nanobind::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() == 0) return nullptr;
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  Py_XDECREF(type);
  Py_XDECREF(trace);
  return value;
}

std::exception_ptr run_on_worker(const std::function<void()>& work, const std::function<void()>& cancel,
                                 PyObject*& interruption) {
  Worker worker(work);
  while (!worker.wait()) {
    if (interruption) continue;
    interruption = raised_by_signals();
    if (interruption) cancel();
  }
  return worker.failure();
}

}  // namespace

void without_python(const std::function<void()>& work) {
  if (PyGILState_Check() == 0) return work();
  const nanobind::gil_scoped_release released;
  work();
}

void run_without_gil(const std::function<void()>& work, const std::function<void()>& cancel) {
  const bool held = PyGILState_Check() != 0;
  PyThreadState* saved = held ? PyEval_SaveThread() : nullptr;
  std::exception_ptr failure;
  PyObject* interruption = nullptr;
  if (on_main_thread()) {
    failure = run_on_worker(work, cancel, interruption);
  } else {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  if (held) PyEval_RestoreThread(saved);
  if (interruption && held) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(interruption)), interruption);
    Py_DECREF(interruption);
    throw nanobind::python_error();
  }
  if (interruption) {
    const nanobind::gil_scoped_acquire gil;
    Py_DECREF(interruption);
    PyErr_SetInterrupt();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lakelet::python
