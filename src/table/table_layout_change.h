// What the transactions of some formats can do beside the rest: a format that has the notion implements the interface,
// and whoever is asked for it otherwise refuses.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lakelet/layout_change.h"
#include "table/transaction.h"

namespace lakelet {

using ReferenceChange = std::variant<SetReference, SetReferenceRetention, DropReference, FastForward>;

// Tables with branches and tags.
class ReferenceChanges {
 public:
  virtual ~ReferenceChanges() = default;
  // Throws AlreadyExists, NotFound, InvalidArgument (a branch that is a tag, a branch that can't go forward to where it
  // is sent).
  virtual void change_reference(const ReferenceChange& change) = 0;
};

// Tables that say in which order rows of new files are.
class SortOrderChanges {
 public:
  virtual ~SortOrderChanges() = default;
  // No fields: no order. Throws InvalidArgument.
  virtual void set_sort_order(const std::vector<SortField>& fields) = 0;
  // Columns were exchanged together with all rows: an order that went by some that are gone is none any more.
  virtual void forget_gone_columns() = 0;
};

// Of the snapshots of such tables.
class SortedSnapshot {
 public:
  virtual ~SortedSnapshot() = default;
  // The first counts most; empty: in no order, or in one that isn't known here.
  virtual std::vector<SortField> sort_order() const = 0;
};

// Tables whose versions may stand beside each other.
class VersionPicking {
 public:
  virtual ~VersionPicking() = default;
  // What `version`, a snapshot of the table, added is added on top of the base; one that comes right after the base
  // becomes the newest itself. Returns what is added. Throws UnsupportedFeature for a version that took rows away,
  // AlreadyExists where the base has what it added.
  virtual Report cherry_pick(const Snapshot& version) = 0;
};

// The transaction as such; throws Error(UnsupportedFeature) naming the table where its format hasn't the notion.
ReferenceChanges& reference_changes(Transaction& transaction);
SortOrderChanges& sort_order_changes(Transaction& transaction);
VersionPicking& version_picking(Transaction& transaction);

// Where the transaction's format has the notion.
void forget_gone_columns(Transaction& transaction);

// Makes the change; `view` is the table as the transaction left it so far. Throws what the transaction throws, NotFound
// and AlreadyExists for partition fields.
void apply(Transaction& transaction, const Snapshot& view, const LayoutChange& change);

}  // namespace lakelet
