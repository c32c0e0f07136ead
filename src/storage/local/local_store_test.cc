#include "storage/local/local_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "lakelet/error.h"
#include "storage/local/durable_file.h"
#include "storage/local/system_error.h"
#include "support/scratch_folder.h"

namespace lakelet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LocalStoreTest : public ::testing::Test {
 protected:
  std::string at(const std::string& name) const { return folder_ / name; }

  std::vector<std::string> list(const std::string& name) {
    std::vector<std::string> found;
    store_.list(at(name), "", [&](const ObjectInfo& object) {
      found.push_back(object.path.substr(folder_.path().size() + 1));
      return true;
    });
    return found;
  }

  // Every name on the disk, hidden and temporary ones too.
  std::vector<std::string> on_disk() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      found.push_back(entry.path().string().substr(folder_.path().size() + 1));
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  ScratchFolder folder_;
  LocalStore store_;
};

template <typename Call>
ErrorCode code_of(const Call& call, const std::string& named) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(named));
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::Internal;
}

std::span<const std::byte> as_span(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Runs `body` in a child process, which it may cripple; true if it returned true there. nullopt: it couldn't be set up.
constexpr int kNotPossible = 77;
std::optional<bool> in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int result = 1;
    try {
      result = body();
    } catch (const std::exception& error) {
      fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(result);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotPossible) return std::nullopt;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// 0 if the call throws `code` with a hint and leaves nothing but `left` in the folder.
int expect_in_child(ErrorCode code, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    if (error.code() == code && !error.hint().empty()) return 0;
    fprintf(stderr, "unexpected: %s\n", error.what());
    return 2;
  }
  fprintf(stderr, "no error\n");
  return 3;
}

TEST_F(LocalStoreTest, NothingTemporaryStaysBehind) {
  store_.put(at("a"), "1");
  store_.put_if_absent(at("a"), "2");
  store_.put_if_absent(at("b"), "2");
  store_.copy(at("a"), at("c"));
  store_.create(at("d"))->append(as_span("abandoned"));
  EXPECT_THAT(on_disk(), ElementsAre("a", "b", "c"));
}

TEST_F(LocalStoreTest, AFileThatLostItsRaceIsRemoved) {
  for (const auto naming : {DurableFile::Naming::NoneIfPossible, DurableFile::Naming::Temporary}) {
    DurableFile file(at("x"), naming);
    file.write(as_span("ours"));
    store_.put(at("x"), "theirs");
    EXPECT_EQ(file.publish_if_absent(), DurableFile::Publication::TargetExists);
    EXPECT_EQ(store_.read_all(at("x")), "theirs");
  }
  EXPECT_THAT(on_disk(), ElementsAre("x"));
}

TEST_F(LocalStoreTest, FilesWithATemporaryNameArePublishedAlike) {
  {
    DurableFile file(at("t/x"), DurableFile::Naming::Temporary);
    file.write(as_span("first"));
    EXPECT_EQ(file.publish_if_absent(), DurableFile::Publication::Done);
  }
  {
    DurableFile file(at("t/x"), DurableFile::Naming::Temporary);
    file.write(as_span("second"));
    file.replace_target();
  }
  EXPECT_EQ(store_.read_all(at("t/x")), "second");
  EXPECT_THAT(on_disk(), ElementsAre("t", "t/x"));
}

TEST_F(LocalStoreTest, TemporaryFilesAreBesideTheTargetAndHidden) {
  {
    const DurableFile file(at("t/x"), DurableFile::Naming::Temporary);
    ASSERT_EQ(on_disk().size(), 2u);  // the folder and the file
    EXPECT_THAT(on_disk()[1], HasSubstr("t/.tmp-"));
    EXPECT_THAT(list(""), IsEmpty());
    EXPECT_THAT(list("t/"), IsEmpty());
    EXPECT_THAT(list("t/.tmp"), IsEmpty());
  }
  EXPECT_THAT(on_disk(), ElementsAre("t"));
}

TEST_F(LocalStoreTest, AProcessThatDiesWhileItWritesLeavesNoFile) {
  // Only where the file system knows files without a name, as all of Linux's own do.
  const int unnamed = ::open(folder_.path().c_str(), O_WRONLY | O_TMPFILE, 0600);
  if (unnamed < 0) GTEST_SKIP() << "the file system of " << folder_.path() << " has no O_TMPFILE";
  ::close(unnamed);
  in_child([&] {
    const auto writer = store_.create(at("x"));
    writer->append(as_span(std::string(1 << 20, 'x')));
    ::_exit(0);
    return 0;
  });
  EXPECT_THAT(on_disk(), IsEmpty());
}

TEST_F(LocalStoreTest, FinishingInAFolderThatWasRemovedFails) {
  const auto writer = store_.create(at("t/x"));
  std::filesystem::remove_all(at("t"));
  EXPECT_EQ(code_of([&] { writer->finish(); }, at("t/x")), ErrorCode::NotFound);
}

TEST_F(LocalStoreTest, ObjectsAreReadableByOthersAsTheUmaskSays) {
  const mode_t old = ::umask(027);
  store_.put(at("t/x"), "");
  ::umask(old);
  struct stat status {};
  ASSERT_EQ(::stat(at("t/x").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
  ASSERT_EQ(::stat(at("t").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0750u);
}

TEST_F(LocalStoreTest, LinksToFilesAreListedAndLinkedFoldersAreNotEntered) {
  store_.put(at("t/x"), "12345");
  std::filesystem::create_symlink(at("t/x"), at("link"));
  std::filesystem::create_symlink(at("missing"), at("dangling"));
  std::filesystem::create_directory_symlink(folder_.path(), at("t/circle"));
  std::filesystem::create_directory_symlink(at("t"), at("u"));
  EXPECT_THAT(list(""), ElementsAre("link", "t/x"));
  EXPECT_THAT(list("u/"), ElementsAre("u/x"));  // but a caller may name one
  EXPECT_EQ(store_.find(at("link"))->size, 5u);
  EXPECT_EQ(store_.read_all(at("u/x")), "12345");
  std::vector<std::string> folders;
  store_.list_folder(
      folder_.path(), "", [](const ObjectInfo&) { return true; },
      [&](const std::string& path) { return folders.push_back(path), true; });
  EXPECT_THAT(folders, ElementsAre(at("t"), at("u")));
  // The link decides, not what it points to: a commit must not be put through it.
  EXPECT_EQ(store_.put_if_absent(at("dangling"), ""), PutOutcome::Exists);
}

TEST_F(LocalStoreTest, PipesAndFoldersAreNoObjects) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  std::filesystem::create_directory(at("folder"));
  EXPECT_THAT(list(""), IsEmpty());
  EXPECT_EQ(store_.find(at("pipe")), std::nullopt);
  EXPECT_EQ(code_of([&] { store_.open(at("pipe")); }, at("pipe")), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { store_.open(at("folder")); }, at("folder")), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { store_.put(at("folder"), ""); }, at("folder")), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { store_.remove(at("folder")); }, at("folder")), ErrorCode::InvalidArgument);
  EXPECT_EQ(on_disk().size(), 2u);
}

TEST_F(LocalStoreTest, AFileInTheWayOfAFolderIsNamed) {
  store_.put(at("file"), "");
  for (const char* name : {"file/x", "file/deep/x"}) {
    EXPECT_EQ(code_of([&] { store_.put(at(name), ""); }, at(name)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of([&] { store_.put_if_absent(at(name), ""); }, at(name)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of([&] { store_.create(at(name)); }, at(name)), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of([&] { store_.open(at(name)); }, at(name)), ErrorCode::NotFound);
  }
}

TEST_F(LocalStoreTest, TooLongNamesAndRelativePathsAreRefused) {
  const std::string name(300, 'x');
  EXPECT_EQ(code_of([&] { store_.put(at(name), ""); }, name), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] { store_.put("relative", ""); }, "relative"), ErrorCode::Internal);
}

TEST_F(LocalStoreTest, AReadOnlyFolderIsAPermissionError) {
  store_.put(at("kept"), "1");
  ::chmod(folder_.path().c_str(), 0555);
  for (const auto& call :
       std::vector<std::function<void()>>{[&] { store_.put(at("x"), ""); }, [&] { store_.put_if_absent(at("x"), ""); },
                                          [&] { store_.create(at("x")); }, [&] { store_.remove(at("kept")); },
                                          [&] { store_.put(at("new/folder/x"), ""); }}) {
    const auto passed = in_child([&] {
      // Root may write everywhere, so the child becomes nobody.
      if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return kNotPossible;
      return expect_in_child(ErrorCode::Permission, call);
    });
    ASSERT_TRUE(passed) << "root can't become another user here";
    EXPECT_TRUE(*passed);
  }
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_THAT(on_disk(), ElementsAre("kept"));
}

TEST_F(LocalStoreTest, AnUnreadableObjectIsAPermissionError) {
  store_.put(at("x"), "1");
  ::chmod(at("x").c_str(), 0);
  ::chmod(folder_.path().c_str(), 0711);
  const auto passed = in_child([&] {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return kNotPossible;
    const int list_result = ::geteuid() == 65534 ? expect_in_child(ErrorCode::Permission, [&] { list(""); }) : 0;
    return list_result + expect_in_child(ErrorCode::Permission, [&] { store_.open(at("x")); });
  });
  ASSERT_TRUE(passed) << "root can't become another user here";
  EXPECT_TRUE(*passed);
}

TEST_F(LocalStoreTest, AFileThatMayNotGrowIsExhausted) {
  const std::string big(1 << 20, 'x');
  for (const auto& call : std::vector<std::function<void()>>{
           [&] { store_.put(at("x"), big); }, [&] { store_.put_if_absent(at("x"), big); },
           [&] {
             const auto writer = store_.create(at("x"));
             for (int i = 0; i < 100; ++i) writer->append(as_span(std::string_view(big).substr(0, 10'000)));
             writer->finish();
           }}) {
    const auto passed = in_child([&] {
      const rlimit limit{100'000, 100'000};
      if (::signal(SIGXFSZ, SIG_IGN) == SIG_ERR || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return kNotPossible;
      return expect_in_child(ErrorCode::Exhausted, call);
    });
    ASSERT_TRUE(passed);
    EXPECT_TRUE(*passed);
    EXPECT_THAT(on_disk(), IsEmpty());
  }
}

TEST_F(LocalStoreTest, AFullDiskIsExhaustedAndLeavesNothing) {
  const auto passed = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return kNotPossible;
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=256k") != 0) return kNotPossible;
    store_.put(at("kept"), "1");
    const std::string big(1 << 20, 'x');
    int failed = expect_in_child(ErrorCode::Exhausted, [&] { store_.put(at("x"), big); });
    failed += expect_in_child(ErrorCode::Exhausted, [&] { store_.put_if_absent(at("x"), big); });
    failed += expect_in_child(ErrorCode::Exhausted, [&] {
      const auto writer = store_.create(at("x"));
      writer->append(as_span(big));
    });
    return failed + (on_disk() == std::vector<std::string>{"kept"} ? 0 : 1);
  });
  if (!passed) GTEST_SKIP() << "mounting a small file system isn't allowed here";
  EXPECT_TRUE(*passed);
}

TEST_F(LocalStoreTest, AReadOnlyDiskIsAPermissionError) {
  const auto passed = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return kNotPossible;
    ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_RDONLY, "size=256k") != 0) return kNotPossible;
    return expect_in_child(ErrorCode::Permission, [&] { store_.put(at("t/x"), "1"); });
  });
  if (!passed) GTEST_SKIP() << "mounting a file system isn't allowed here";
  EXPECT_TRUE(*passed);
}

TEST(SystemError, SaysWhatToDo) {
  const Error full = system_error(ENOSPC, "write", "/a/b");
  EXPECT_EQ(full.code(), ErrorCode::Exhausted);
  EXPECT_STREQ(full.what(), "can't write /a/b: No space left on device");
  EXPECT_THAT(full.hint(), HasSubstr("df"));
  EXPECT_EQ(system_error(EIO, "read", "/a").code(), ErrorCode::Unavailable);
  EXPECT_EQ(system_error(ESTALE, "read", "/a").code(), ErrorCode::Unavailable);
  EXPECT_EQ(system_error(EROFS, "write", "/a").code(), ErrorCode::Permission);
  EXPECT_EQ(system_error(EMFILE, "open", "/a").code(), ErrorCode::Exhausted);
}

}  // namespace
}  // namespace lakelet
