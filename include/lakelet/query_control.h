// A query that runs in one thread, as others see it.
#pragma once

#include <memory>

namespace lakelet {

class Lease;

// Given to a query before it starts, and to those that feed it. Copies are the same control. Thread-safe.
class QueryControl {
 public:
  QueryControl();

  // The query ends in Error(Cancelled), also if it hasn't started yet. Nothing happens if it has ended.
  void cancel() const;
  bool cancelled() const;
  // Between 0 and 1; less than 0 if it isn't known, or if the query isn't running.
  double progress() const;

 private:
  friend struct QueryBinding;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace lakelet
