// A transaction's commit that is ready to be made, alone or together with those of other tables.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "lakelet/error.h"
#include "table/catalog.h"
#include "table/commit.h"

namespace lakelet {

// Steps of a commit whose put is a move in a catalog.
class CatalogMover {
 public:
  virtual ~CatalogMover() = default;
  // The next try: what the catalog is to say, written where it is to be found. After a try without an answer it is the
  // same one, until a rebase finds that it has come to nothing.
  virtual CatalogMove next_move() = 0;
  // What the catalog answered; without an answer it may say it still.
  virtual void moved(CatalogTable::Moved answer) = 0;
  // The move wasn't made, for certain.
  virtual void not_moved() = 0;
};

// The put of one table's mover, or of several, which are moved as one. Throws where it is certain that nothing changed.
CommitSteps::Put put_moves(const std::vector<CatalogMover*>& movers);

// One transaction's. Destroyed before steps() was called, it takes away what was written for it.
class PreparedCommit {
 public:
  virtual ~PreparedCommit() = default;
  virtual CommitSteps& steps() = 0;
  virtual CatalogMover& mover() = 0;         // of those steps
  virtual Version base_version() const = 0;  // as the steps count them
  // After the loop: its outcome with the version of the table, or the winner. What was written is taken away where
  // nothing was committed.
  virtual CommitOutcome end(CommitOutcome outcome) = 0;
  // After an error of the loop. What was written is taken away where it is certain that nothing was committed. Returns
  // the conflict that the error was, if it was one that these steps came upon.
  virtual std::optional<Conflict> fail(const Error& error) = 0;
};

// The loop with one commit: both ways of a transaction go over the same steps.
CommitOutcome commit_prepared(PreparedCommit& commit, const CommitOptions& options);

}  // namespace lakelet
