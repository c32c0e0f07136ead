// Rows of a query, until somebody reads them.
#pragma once

#include <functional>
#include <optional>

#include "lakelet/rows.h"
#include "lakelet/session.h"

namespace lakelet::python {

struct PendingRows {
  PendingRows(Rows given, Session of) : rows(std::move(given)), session(std::move(of)) {}
  PendingRows(PendingRows&&) = default;
  ~PendingRows();

  std::optional<Rows> rows;  // empty once they were handed on
  Session session;

  std::function<void()> cancel() const {
    return [session = Session(session)]() mutable { session.cancel(); };
  }
  // Throws ValueError if they were handed on already.
  Rows& get();
};

}  // namespace lakelet::python
