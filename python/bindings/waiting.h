// Long work, with Python going on meanwhile.
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace lakelet::python {

// Runs `work` without the GIL and throws what it throws. On the main thread Python's signals are looked at meanwhile:
// when a handler raises (Ctrl-C), `cancel` is called, the work's end is waited for, and the handler's exception is
// thrown (nb::python_error); where the caller doesn't hold the GIL, the signal is raised again instead, for the
// interpreter to find, and what the work threw is thrown.
void run_without_gil(const std::function<void()>& work, const std::function<void()>& cancel);

// Runs `work` without the GIL, whether the caller holds it or not: to end a query that may be reading from Python.
void without_python(const std::function<void()>& work);

template <typename Work>
auto without_gil(const std::function<void()>& cancel, Work&& work) {
  if constexpr (std::is_void_v<decltype(work())>) {
    run_without_gil(std::forward<Work>(work), cancel);
  } else {
    std::optional<decltype(work())> result;
    run_without_gil([&] { result.emplace(work()); }, cancel);
    return std::move(*result);
  }
}

}  // namespace lakelet::python
