#include "table/commit_together.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "table/commit_loop.h"
#include "table/entry_catalog.h"

namespace lakelet {
namespace {

using Moved = CatalogTable::Moved;
using testing::HasSubstr;

// Names and what they say, with an answer for each move that is told before.
class NamesCatalog final : public EntryCatalog {
 public:
  struct Answer {
    Moved says = Moved::Done;
    bool carried_out = true;
    std::function<void()> before{};
    std::optional<ErrorCode> error{};
    std::function<void()> after{};
  };
  std::map<std::string, std::string> says;
  std::deque<Answer> answers;  // in turn; then as it is
  std::size_t moves = 0;
  bool reachable = true;

  const std::string& uri() const override { return uri_; }
  std::vector<std::string> namespaces() override { return {"ns"}; }
  bool has_namespace(const std::string& name) override { return name == "ns"; }
  void create_namespace(const std::string&) override {}
  void drop_namespace(const std::string&) override {}
  NamespaceProperties namespace_properties(const std::string&) override { return {}; }
  void change_namespace(const std::string&, const NamespaceChange&) override {}
  std::vector<std::string> tables(const std::string&) override { return {}; }
  std::vector<std::string> views(const std::string&) override { return {}; }
  void rename(const std::string&, const std::string&, const std::string&, const std::string&) override {}
  void require_moves_together(bool) override {}
  const std::string& format() const override { return uri_; }
  std::optional<CatalogPointer> find(const std::string&, const std::string& table) override {
    if (!reachable) throw Error(ErrorCode::Unavailable, "out of reach");
    return CatalogPointer{says.at(table)};
  }
  std::string new_location(const std::string&, const std::string&) override { return {}; }
  void drop(const std::string&, const std::string&) override {}
  std::string instead(const std::string&, const std::string&) override { return {}; }

  Moved move(const std::vector<EntryMove>& wanted) override {
    ++moves;
    Answer answer;
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    if (answer.before) answer.before();
    if (answer.error) throw Error(*answer.error, "refused");
    if (answer.says == Moved::Lost) return Moved::Lost;
    for (const EntryMove& move : wanted) {
      if (says.at(move.table) != move.expected->metadata) return Moved::Lost;
    }
    if (answer.carried_out) {
      for (const EntryMove& move : wanted) says[move.table] = move.next.metadata;
    }
    if (answer.after) answer.after();
    return answer.says;
  }

 private:
  const std::string uri_ = "names:";
};

// Appends a mark of its own to what a name says. Marks of others that begin with '!' are conflicts.
class Mark final : public PreparedCommit, public CommitSteps, public CatalogMover, public KnowsUnsent {
 public:
  Mark(NamesCatalog& catalog, const std::string& table, std::set<std::string>& files)
      : catalog_(catalog), entry_(catalog.table("ns", table)), table_(table), files_(files), head_(said()) {}
  ~Mark() override {
    if (!tried_) files_.erase(table_);
  }

  CommitSteps& steps() override {
    tried_ = true;
    return *this;
  }
  CatalogMover& mover() override { return *this; }
  Version base_version() const override { return 0; }
  CommitOutcome end(CommitOutcome outcome) override {
    if (std::holds_alternative<Conflict>(outcome)) files_.erase(table_);
    if (auto* committed = std::get_if<Committed>(&outcome)) committed->version = 100;
    return outcome;
  }
  std::optional<Conflict> fail(const Error&) override {
    files_.erase(table_);
    return std::nullopt;
  }

  CatalogMove next_move() override {
    files_.insert(table_);
    return {entry_, CatalogPointer{head_}, CatalogPointer{head_ + "+ours"}};
  }
  void moved(Moved) override {}
  void not_moved() override {}
  Put put(Version) override { return put_moves({this}); }
  std::optional<bool> is_own(Version) override {
    try {
      return said().find("+ours") != std::string::npos;
    } catch (const Error&) {
      return std::nullopt;
    }
  }
  std::variant<Version, Conflict> rebase(Version from) override {
    const std::string now = said();
    if (now == head_) return from - 1;
    if (now.find('!') != std::string::npos) return Conflict{7, "delete", "both change " + table_, false};
    head_ = now;
    return from;
  }
  std::string winner(Version) override { return "writer of " + table_; }

 private:
  std::string said() { return entry_->pointer()->metadata; }

  NamesCatalog& catalog_;
  const std::shared_ptr<CatalogTable> entry_;
  const std::string table_;
  std::set<std::string>& files_;
  std::string head_;
  bool tried_ = false;
};

class CommitTogether : public testing::Test {
 protected:
  CommitTogether() { names->says = {{"a", "a0"}, {"b", "b0"}}; }

  TogetherOutcome commit() {
    Mark a(*names, "a", files), b(*names, "b", files);
    return commit_prepared({&a, &b}, {"lake#a", "lake#b"}, options);
  }
  void expect_committed(const TogetherOutcome& result, int retries) {
    ASSERT_TRUE(std::holds_alternative<Committed>(result.outcome));
    EXPECT_EQ(std::get<Committed>(result.outcome).retries, retries);
    EXPECT_EQ(result.versions, (std::vector<Version>{100, 100}));
    EXPECT_EQ(files, (std::set<std::string>{"a", "b"}));
  }
  using Says = std::map<std::string, std::string>;

  std::shared_ptr<NamesCatalog> names = std::make_shared<NamesCatalog>();
  std::set<std::string> files;
  CommitOptions options;
};

TEST_F(CommitTogether, MovesAllAtOnce) {
  expect_committed(commit(), 0);
  EXPECT_EQ(names->says, (Says{{"a", "a0+ours"}, {"b", "b0+ours"}}));
  EXPECT_EQ(names->moves, 1u);
}

TEST_F(CommitTogether, ALostRaceRebasesTheTableThatWasChanged) {
  names->answers.push_back({.before = [&] { names->says["b"] = "b1"; }});
  expect_committed(commit(), 1);
  EXPECT_EQ(names->says, (Says{{"a", "a0+ours"}, {"b", "b1+ours"}}));
}

TEST_F(CommitTogether, AConflictInOneIsAConflictForAll) {
  names->answers.push_back({.before = [&] { names->says["b"] = "b1!"; }});
  const TogetherOutcome result = commit();
  ASSERT_TRUE(std::holds_alternative<Conflict>(result.outcome));
  EXPECT_EQ(std::get<Conflict>(result.outcome).what, "both change b");
  EXPECT_EQ(result.table, 1u);
  EXPECT_EQ(names->says, (Says{{"a", "a0"}, {"b", "b1!"}}));
  EXPECT_TRUE(files.empty());
}

TEST_F(CommitTogether, AnAnswerThatWasLostIsReadBack) {
  names->answers.push_back({.says = Moved::Unknown});
  expect_committed(commit(), 0);
  EXPECT_EQ(names->moves, 1u);
}

TEST_F(CommitTogether, AMoveThatNeverArrivedIsMadeAgain) {
  names->answers.push_back({.says = Moved::Unknown, .carried_out = false});
  expect_committed(commit(), 1);
  EXPECT_EQ(names->moves, 2u);
}

TEST_F(CommitTogether, OneThatWasCarriedOutAndBuiltUponIsOurs) {
  // The first try arrives late: the second one is told that it lost.
  names->answers.push_back({.says = Moved::Unknown, .carried_out = false});
  names->answers.push_back({.before = [&] { names->says = {{"a", "a0+ours"}, {"b", "b0+ours+theirs"}}; }});
  expect_committed(commit(), 1);
  EXPECT_EQ(names->says, (Says{{"a", "a0+ours"}, {"b", "b0+ours+theirs"}}));
}

TEST_F(CommitTogether, TablesThatDontAgreeAreUnknown) {
  names->answers.push_back(
      {.says = Moved::Unknown, .carried_out = false, .after = [&] { names->says["a"] += "+ours"; }});
  const TogetherOutcome result = commit();
  ASSERT_TRUE(std::holds_alternative<Unknown>(result.outcome));
  EXPECT_THAT(std::get<Unknown>(result.outcome).how_to_find_out, HasSubstr("seen in lake#a, not in lake#b"));
  EXPECT_EQ(files, (std::set<std::string>{"a", "b"}));
}

TEST_F(CommitTogether, ACatalogThatIsGoneLeavesItUnknown) {
  names->answers.push_back({.says = Moved::Unknown, .before = [&] { names->reachable = false; }});
  const TogetherOutcome result = commit();
  ASSERT_TRUE(std::holds_alternative<Unknown>(result.outcome));
  EXPECT_THAT(std::get<Unknown>(result.outcome).how_to_find_out, HasSubstr("history of lake#a, lake#b"));
  EXPECT_EQ(files, (std::set<std::string>{"a", "b"}));
}

TEST_F(CommitTogether, ALostRaceNeedsNoProofWhileNothingIsInDoubt) {
  // Somebody else's change of a looks like ours.
  names->answers.push_back({.says = Moved::Lost, .before = [&] { names->says["a"] = "a1+ours"; }});
  expect_committed(commit(), 1);
  EXPECT_EQ(names->says, (Says{{"a", "a1+ours+ours"}, {"b", "b0+ours"}}));
}

TEST_F(CommitTogether, WhatIsRefusedLeavesNothing) {
  names->answers.push_back({.error = ErrorCode::Permission});
  EXPECT_THROW(commit(), Error);
  EXPECT_EQ(names->says, (Says{{"a", "a0"}, {"b", "b0"}}));
  EXPECT_TRUE(files.empty());
}

TEST_F(CommitTogether, ACatalogThatCantBeReachedIsTriedAgain) {
  names->answers.assign(2, {.error = ErrorCode::Unavailable});
  expect_committed(commit(), 0);
  EXPECT_EQ(names->moves, 3u);
}

TEST_F(CommitTogether, CancelledBeforeTheMoveNothingIsMoved) {
  options.cancellation.cancel();
  EXPECT_THROW(commit(), Error);
  EXPECT_EQ(names->moves, 0u);
  EXPECT_TRUE(files.empty());
}

TEST_F(CommitTogether, CancelledWhileItIsInDoubtItIsUnknown) {
  names->answers.push_back(
      {.says = Moved::Unknown, .carried_out = false, .before = [&] { options.cancellation.cancel(); }});
  ASSERT_TRUE(std::holds_alternative<Unknown>(commit().outcome));
  EXPECT_EQ(files, (std::set<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace lakelet
