// A session with a folder of its own on the disk, which is gone with it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/error.h"
#include "lakelet/session.h"

namespace lakelet {

class SessionFolder : public ::testing::Test {
 protected:
  SessionFolder() {
    std::filesystem::create_directories(folder_);
    Configuration configuration;
    configuration.working_folder = folder_;
    configuration.threads = 2;
    session_ = std::make_unique<Session>(configuration);
  }
  ~SessionFolder() override {
    session_.reset();
    std::filesystem::remove_all(folder_);
  }

  // One text for each row, its values joined by "|".
  static std::vector<std::string> lines(Rows rows) {
    std::vector<std::string> all;
    while (rows.next()) {
      std::string line;
      for (std::size_t i = 0; i < rows.schema().size(); ++i) line.append(i ? "|" : "").append(rows.text(i));
      all.push_back(line);
    }
    return all;
  }
  std::vector<std::string> sql(const std::string& text) { return lines(session_->sql(text)); }

  template <typename Work>
  static Error error_of(Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error";
    return Error(ErrorCode::Internal, "none");
  }

  const std::string folder_ = ::testing::TempDir() + "lakelet_session_" + std::to_string(::getpid());
  std::unique_ptr<Session> session_;
};

}  // namespace lakelet
