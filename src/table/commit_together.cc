#include "table/commit_together.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "table/commit_loop.h"

namespace lakelet {

namespace {

// The steps of several commits as those of one. Versions are the tries of a catalog.
class TogetherSteps final : public CommitSteps, public KnowsUnsent {
 public:
  explicit TogetherSteps(const std::vector<PreparedCommit*>& commits) {
    for (PreparedCommit* commit : commits) {
      steps_.push_back(&commit->steps());
      movers_.push_back(&commit->mover());
    }
    owns_.resize(steps_.size());
  }

  Put put(Version) override {
    const Put answer = put_moves(movers_);
    in_doubt_ |= answer == Put::NoAnswer;
    return answer;
  }

  // What a table says is read after what the one before said: one that has the commit may only just have got it, with
  // all the others. The catalog's word that a try lost needs no proof.
  std::optional<bool> is_own(Version version) override {
    if (!in_doubt_) return false;
    bool sure = true;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      owns_[i] = steps_[i]->is_own(version);
      sure = sure && owns_[i];
    }
    const bool agree = std::ranges::all_of(owns_, [&](const auto& own) { return own == owns_.front(); });
    return sure && agree ? owns_.front() : std::nullopt;
  }

  std::variant<Version, Conflict> rebase(Version from) override {
    Version newest = from - 1;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      auto rebased = steps_[i]->rebase(from);
      if (std::holds_alternative<Conflict>(rebased)) {
        lost_ = i;
        return rebased;
      }
      if (std::get<Version>(rebased) < from) continue;
      newest = std::get<Version>(rebased);
      lost_ = i;
    }
    return newest;
  }

  std::string winner(Version version) override { return steps_[lost_]->winner(version); }

  // The one that was found to be changed by others last.
  std::size_t lost() const { return lost_; }
  // Which of them have the commit, as far as it was asked for and is known.
  const std::vector<std::optional<bool>>& owns() const { return owns_; }

 private:
  std::vector<CommitSteps*> steps_;
  std::vector<CatalogMover*> movers_;
  std::vector<std::optional<bool>> owns_;
  std::size_t lost_ = 0;
  bool in_doubt_ = false;
};

Unknown unknown(const std::vector<std::optional<bool>>& owns, const std::vector<std::string>& uris) {
  std::vector<std::string> with, without;
  for (std::size_t i = 0; i < uris.size(); ++i) {
    if (owns[i]) (*owns[i] ? with : without).push_back(uris[i]);
  }
  const std::string seen = with.empty() || without.empty()
                               ? "all of them have it or none"
                               : fmt::format("seen in {}, not in {}", fmt::join(with, ", "), fmt::join(without, ", "));
  return {fmt::format("look at the history of {} before trying again ({}), and remove no files", fmt::join(uris, ", "),
                      seen)};
}

TogetherOutcome end(const std::vector<PreparedCommit*>& commits, CommitOutcome outcome, std::size_t lost) {
  TogetherOutcome result{outcome, lost};
  for (std::size_t i = 0; i < commits.size(); ++i) {
    CommitOutcome own = commits[i]->end(outcome);
    if (const auto* committed = std::get_if<Committed>(&own)) result.versions.push_back(committed->version);
    if (std::holds_alternative<Conflict>(own) && i == lost) result.outcome = std::move(own);
  }
  return result;
}

}  // namespace

void require_together(const Transaction& first, const std::string& first_uri, const Transaction& second,
                      const std::string& second_uri) {
  const auto catalog = first.commit_catalog();
  const auto other = second.commit_catalog();
  if (!catalog || !other) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("one transaction changes one table: '{}' was changed, now '{}'", first_uri, second_uri),
                "COMMIT between the two");
  }
  if (catalog != other) {
    throw Error(
        ErrorCode::UnsupportedFeature,
        fmt::format("one transaction changes tables of one catalog: '{}' was changed, now '{}'", first_uri, second_uri),
        "COMMIT between the two");
  }
  if (first.base().location().uri == second.base().location().uri) {
    throw Error(
        ErrorCode::UnsupportedFeature,
        fmt::format("one transaction changes one branch of a table: '{}' was changed, now '{}'", first_uri, second_uri),
        "COMMIT between the two");
  }
  catalog->require_moves_together(first.base().version() < 0 || second.base().version() < 0);
}

TogetherOutcome commit_prepared(const std::vector<PreparedCommit*>& commits, const std::vector<std::string>& uris,
                                const CommitOptions& options) {
  TogetherSteps steps(commits);
  CommitOutcome outcome;
  try {
    outcome = commit_on_top(steps, 0, options);
  } catch (const Error& error) {
    std::optional<TogetherOutcome> conflict;
    for (std::size_t i = 0; i < commits.size(); ++i) {
      if (auto own = commits[i]->fail(error)) conflict = {*std::move(own), i};
    }
    if (conflict) return *std::move(conflict);
    throw;
  }
  TogetherOutcome result = end(commits, std::move(outcome), steps.lost());
  if (std::holds_alternative<Unknown>(result.outcome)) result.outcome = unknown(steps.owns(), uris);
  return result;
}

TogetherOutcome commit_together(const std::vector<OwnCommit>& commits, const CommitOptions& options) {
  if (commits.size() == 1) {
    const OwnCommit& only = commits.front();
    TogetherOutcome result{only.transaction->commit(only.info, options)};
    if (const auto* done = std::get_if<Committed>(&result.outcome)) result.versions = {done->version};
    return result;
  }
  if (options.if_version) {
    throw Error(ErrorCode::UnsupportedFeature, "a commit of several tables has no one version to go on top of",
                "leave out if_version, or COMMIT after each table");
  }
  TogetherOutcome result{Committed{}, 0, std::vector<Version>(commits.size())};
  std::vector<std::unique_ptr<PreparedCommit>> prepared;
  std::vector<PreparedCommit*> ready;
  std::vector<std::string> uris;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    auto next = commits[i].transaction->prepare(commits[i].info, options);
    if (auto* outcome = std::get_if<CommitOutcome>(&next)) {
      if (!std::holds_alternative<Committed>(*outcome)) return {*std::move(outcome), i};
      result.versions[i] = std::get<Committed>(*outcome).version;
      continue;
    }
    prepared.push_back(std::get<std::unique_ptr<PreparedCommit>>(std::move(next)));
    ready.push_back(prepared.back().get());
    uris.push_back(commits[i].uri);
    places.push_back(i);
  }
  if (ready.empty()) return result;
  TogetherOutcome made = commit_prepared(ready, uris, options);
  for (std::size_t i = 0; i < made.versions.size(); ++i) result.versions[places[i]] = made.versions[i];
  return {std::move(made.outcome), places[made.table], std::move(result.versions)};
}

}  // namespace lakelet
