#include "table/prepared_commit.h"

namespace lakelet {

CommitSteps::Put put_moves(const std::vector<CatalogMover*>& movers) {
  CatalogTable::Moved answer{};
  try {
    std::vector<CatalogMove> moves;
    for (CatalogMover* mover : movers) moves.push_back(mover->next_move());
    const CatalogMove& first = moves.front();
    answer =
        moves.size() == 1 ? first.table->move(first.expected, first.next) : first.table->catalog()->move_all(moves);
  } catch (const Error&) {
    for (CatalogMover* mover : movers) mover->not_moved();
    throw;
  }
  for (CatalogMover* mover : movers) mover->moved(answer);
  switch (answer) {
    case CatalogTable::Moved::Done:
      return CommitSteps::Put::Won;
    case CatalogTable::Moved::Lost:
      return CommitSteps::Put::Lost;
    case CatalogTable::Moved::Unknown:
      break;
  }
  return CommitSteps::Put::NoAnswer;
}

CommitOutcome commit_prepared(PreparedCommit& commit, const CommitOptions& options) {
  CommitOptions loop = options;
  if (loop.if_version) loop.if_version = commit.base_version();
  CommitOutcome outcome;
  try {
    outcome = commit_on_top(commit.steps(), commit.base_version(), loop);
  } catch (const Error& error) {
    if (auto conflict = commit.fail(error)) return *std::move(conflict);
    throw;
  }
  return commit.end(std::move(outcome));
}

}  // namespace lakelet
