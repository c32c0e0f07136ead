#include "operations/file_differences.h"

#include <algorithm>
#include <unordered_map>

namespace lakelet::operations {
namespace {

bool same_positions(const std::shared_ptr<const RowPositions>& a, const std::shared_ptr<const RowPositions>& b) {
  const bool none = !a || a->empty(), other_none = !b || b->empty();
  return none || other_none ? none == other_none : *a == *b;
}

bool same_equality_deletes(const Deletes& a, const Deletes& b) {
  return std::equal(a.equality.begin(), a.equality.end(), b.equality.begin(), b.equality.end(),
                    [](const Deletes::Equality& x, const Deletes::Equality& y) { return x.uri == y.uri; });
}

// Rows that aren't told by one file and the positions that are gone from it.
bool is_composed(const FileTask& task) {
  return task.rows || task.merge || task.only || !task.constants.empty() || task.file.uri.empty();
}

// Of the file, the rows that `other` has deleted and `own` has not.
std::optional<FileTask> only_deleted_by(const Deletes& other, FileTask own) {
  if (!other.positions || other.positions->empty()) return std::nullopt;
  RowPositions rows(*other.positions);
  if (own.deletes.positions) rows.remove_all(*own.deletes.positions);
  if (rows.empty()) return std::nullopt;
  own.only = std::make_shared<const RowPositions>(std::move(rows));
  own.deletes.positions.reset();
  return own;
}

class Comparison {
 public:
  explicit Comparison(DifferingFiles& result) : result_(result) {}

  void list_before(const Snapshot& before) {
    const auto plan = before.plan({});
    while (auto task = plan->next()) {
      if (!is_composed(*task)) before_.emplace(task->file.uri, Known{std::move(task->deletes), false, false});
    }
  }

  void list_after(const Snapshot& after) {
    const auto plan = after.plan({});
    while (auto task = plan->next()) {
      const auto known = is_composed(*task) ? before_.end() : before_.find(task->file.uri);
      if (known == before_.end()) {
        ++result_.counts.added;
        result_.counts.added_bytes += task->file.bytes;
        result_.added.push_back(task->file.path);
        result_.after.push_back(*std::move(task));
        continue;
      }
      known->second.in_both = true;
      const Deletes& old = known->second.deletes;
      if (!same_equality_deletes(old, task->deletes)) {
        known->second.read_whole = true;
        note_changed(*task);
        result_.after.push_back(*std::move(task));
      } else if (same_positions(old.positions, task->deletes.positions)) {
        ++result_.counts.common;
        before_.erase(known);
      } else {
        note_changed(*task);
        known->second.later = task->deletes;
        if (auto back = only_deleted_by(old, *std::move(task))) result_.after.push_back(*std::move(back));
      }
    }
  }

  void read_before(const Snapshot& before) {
    const auto plan = before.plan({});
    while (auto task = plan->next()) {
      if (!is_composed(*task)) {
        const auto found = before_.find(task->file.uri);
        if (found == before_.end()) continue;  // in common
        const Known& known = found->second;
        if (known.in_both && !known.read_whole) {
          if (auto gone = only_deleted_by(known.later, *std::move(task))) result_.before.push_back(*std::move(gone));
          continue;
        }
        if (known.in_both) {
          result_.before.push_back(*std::move(task));
          continue;
        }
      }
      ++result_.counts.removed;
      result_.counts.removed_bytes += task->file.bytes;
      result_.removed.push_back(task->file.path);
      result_.before.push_back(*std::move(task));
    }
  }

 private:
  struct Known {
    Deletes deletes;
    bool in_both, read_whole;
    Deletes later{};
  };

  void note_changed(const FileTask& task) {
    ++result_.counts.rows_removed;
    result_.added.push_back(task.file.path);
    result_.removed.push_back(task.file.path);
  }

  DifferingFiles& result_;
  std::unordered_map<std::string, Known> before_;  // by URI; without those in common
};

}  // namespace

DifferingFiles differing_files(const Snapshot& before, const Snapshot& after) {
  DifferingFiles result;
  Comparison comparison(result);
  comparison.list_before(before);
  comparison.list_after(after);
  comparison.read_before(before);
  return result;
}

}  // namespace lakelet::operations
