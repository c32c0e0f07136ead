#include "table/table_layout_change.h"

#include "lakelet/error.h"
#include "table/partition_fields.h"

namespace lakelet {

ReferenceChanges& reference_changes(Transaction& transaction) {
  if (auto* changes = dynamic_cast<ReferenceChanges*>(&transaction)) return *changes;
  throw Error(ErrorCode::UnsupportedFeature,
              "the format of " + transaction.base().location().uri + " has no branches and tags",
              "`lakelet clone --shallow` makes a table of its own over the same files");
}

SortOrderChanges& sort_order_changes(Transaction& transaction) {
  if (auto* changes = dynamic_cast<SortOrderChanges*>(&transaction)) return *changes;
  throw Error(ErrorCode::UnsupportedFeature,
              "the format of " + transaction.base().location().uri + " keeps no order of rows",
              "`lakelet optimize --z-order` writes rows in order once");
}

void forget_gone_columns(Transaction& transaction) {
  if (auto* changes = dynamic_cast<SortOrderChanges*>(&transaction)) changes->forget_gone_columns();
}

VersionPicking& version_picking(Transaction& transaction) {
  if (auto* picking = dynamic_cast<VersionPicking*>(&transaction)) return *picking;
  throw Error(
      ErrorCode::UnsupportedFeature,
      "each version of " + transaction.base().location().uri + " comes out of the one before: none can be picked",
      "`lakelet restore` makes the table what it was");
}

namespace {

void require_new(const Partitioning& partitioning, const PartitionField& field) {
  for (const PartitionField& other : partitioning.fields) {
    if (to_string(other) != to_string(field)) continue;
    throw Error(ErrorCode::AlreadyExists, "the table is partitioned by " + to_string(field) + " already");
  }
}

// Those that say something.
Partitioning live_fields(Partitioning partitioning) {
  std::erase_if(partitioning.fields, [](const PartitionField& field) { return field.transform == Transform::Void; });
  return partitioning;
}

class Application {
 public:
  Application(Transaction& transaction, const Snapshot& view) : transaction_(transaction), view_(view) {}

  void operator()(const AddPartitionField& change) {
    Partitioning fields = live_fields(view_.partitioning());
    require_new(fields, change.field);
    fields.fields.push_back(change.field);
    transaction_.set_partitioning(std::move(fields));
  }
  void operator()(const DropPartitionField& change) {
    Partitioning fields = live_fields(view_.partitioning());
    const std::size_t at = find_partition_field(fields, change.field);
    fields.fields.erase(fields.fields.begin() + static_cast<std::ptrdiff_t>(at));
    transaction_.set_partitioning(std::move(fields));
  }
  void operator()(const ReplacePartitionField& change) {
    Partitioning fields = live_fields(view_.partitioning());
    const std::size_t at = find_partition_field(fields, change.field);
    require_new(fields, change.with);
    fields.fields[at] = change.with;
    transaction_.set_partitioning(std::move(fields));
  }
  void operator()(const SetSortOrder& change) { sort_order_changes(transaction_).set_sort_order(change.fields); }
  void operator()(const DropReference& change) {
    ReferenceChanges& references = reference_changes(transaction_);
    try {
      references.change_reference(change);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::NotFound || !change.if_exists) throw;
    }
  }
  template <typename Named>
  void operator()(const Named& change) {
    reference_changes(transaction_).change_reference(change);
  }

 private:
  Transaction& transaction_;
  const Snapshot& view_;
};

}  // namespace

void apply(Transaction& transaction, const Snapshot& view, const LayoutChange& change) {
  std::visit(Application(transaction, view), change);
}

}  // namespace lakelet
