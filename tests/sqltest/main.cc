// sqltest [--config FILE] [--keep] SCRIPT_OR_FOLDER...: runs scripts in DuckDB's sqllogictest dialect against lakelet.
// Exits with 1 if any fails; its last line is "N passed, N failed, N skipped".
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/registry.h"
#include "memory_format/memory_format.h"
#include "runner.h"

namespace {

using namespace lakelet;
namespace fs = std::filesystem;

std::vector<std::string> scripts_of(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<std::string> scripts;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    const auto extension = entry.path().extension();
    if (extension == ".test" || extension == ".test_slow") scripts.push_back(entry.path().string());
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": can't be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

// A lake of its own for each script: stores, formats and an engine.
sqltest::Outcome run_script(const sqltest::Config& config, const std::string& path, const std::string& folder) {
  auto stores = std::make_shared<StoreRegistry>(fs::current_path().string());
  engine::EngineOptions options;
  options.temp_folder = folder + "/spill";
  auto engine = std::make_shared<engine::Engine>(options, stores);
  auto formats = std::make_shared<FormatRegistry>();
  add_standard_formats(*formats);
  formats->add(std::make_unique<MemoryFormat>());
  FormatContext context{stores, engine->tabular(), "lakelet-sqltest", {}};
  const std::string test_folder = config.test_folder.empty() ? folder : config.test_folder;
  sqltest::Runner runner(
      config, [&] { return std::make_unique<sql::SqlSession>(engine, formats, context); }, test_folder);
  return runner.run(sqltest::parse_script(path, read_file(path)));
}

}  // namespace

int main(int argc, char** argv) {
  sqltest::Config config;
  config.name = "default";
  config.format = "delta";
  std::vector<std::string> scripts;
  bool keep = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--config" && i + 1 < argc) {
      config = sqltest::read_config(argv[++i]);
    } else if (argument == "--keep") {
      keep = true;
    } else {
      for (auto& script : scripts_of(argument)) scripts.push_back(script);
    }
  }
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  for (const auto& script : scripts) {
    const std::string folder = (fs::temp_directory_path() / ("sqltest-" + std::to_string(getpid()) + "-" +
                                                             std::to_string(passed + failed + skipped)))
                                   .string();
    fs::create_directories(folder);
    sqltest::Outcome outcome;
    try {
      outcome = run_script(config, script, folder);
    } catch (const std::exception& error) {
      outcome = {sqltest::Verdict::Failed, error.what()};
    }
    switch (outcome.verdict) {
      case sqltest::Verdict::Passed:
        ++passed;
        std::printf("ok      %s\n", script.c_str());
        break;
      case sqltest::Verdict::Failed:
        ++failed;
        std::printf("FAILED  %s\n%s\n", script.c_str(), outcome.detail.c_str());
        break;
      case sqltest::Verdict::Skipped:
        ++skipped;
        std::printf("skipped %s: %s\n", script.c_str(), outcome.detail.c_str());
        break;
    }
    if (!keep) fs::remove_all(folder);
  }
  std::printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
  return failed == 0 && passed + skipped > 0 ? 0 : 1;
}
