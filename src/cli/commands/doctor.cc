#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Doctor {
  std::string table;
  DoctorOptions options;

  void run(Invocation& invocation) const {
    const HealthReport report = invocation.session().doctor(table, options);
    if (invocation.format() == OutputFormat::Json) {
      show_json(report, invocation);
    } else if (!report.findings.empty() || !invocation.for_reading()) {
      Grid grid = findings_grid(report);
      invocation.show(grid);
    }
    invocation.messages().summary(summary(report));
    if (report.healthy()) return;
    throw Error(ErrorCode::CorruptTable, fmt::format("{} is damaged", report.uri), hint(report));
  }

 private:
  static std::string_view state_of(const Finding& finding) {
    return finding.repaired ? "repaired" : finding.repairable ? "repairable" : "";
  }

  static Grid findings_grid(const HealthReport& report) {
    Grid grid({{"severity"}, {"check"}, {"subject"}, {"finding"}, {"remedy"}, {"state"}});
    for (const Finding& finding : report.findings) {
      grid.add({std::string(to_string(finding.severity)), finding.check, finding.subject, finding.message,
                finding.remedy, std::string(state_of(finding))});
    }
    return grid;
  }

  static void show_json(const HealthReport& report, Invocation& invocation) {
    std::string findings;
    for (const Finding& finding : report.findings) {
      const auto text = [](const std::string& value) { return Cell(value).json; };
      findings += fmt::format(
          "{}{{\"severity\": {}, \"check\": {}, \"subject\": {}, \"finding\": {}, \"remedy\": {}, \"repairable\": {}, "
          "\"repaired\": {}}}",
          findings.empty() ? "" : ", ", text(std::string(to_string(finding.severity))), text(finding.check),
          text(finding.subject), text(finding.message), text(finding.remedy), finding.repairable, finding.repaired);
    }
    invocation.show_object({{"uri", report.uri},
                            {"version", report.version < 0 ? Cell() : Cell(report.version)},
                            {"healthy", Cell(report.healthy())},
                            {"files", report.files},
                            {"bytes", report.bytes},
                            {"repaired_version", report.repaired_version < 0 ? Cell() : Cell(report.repaired_version)},
                            {"findings", Cell::with_json(findings, "[" + findings + "]")}});
  }

  static std::string summary(const HealthReport& report) {
    const auto count = [&](Severity severity) {
      return std::count_if(report.findings.begin(), report.findings.end(),
                           [&](const Finding& finding) { return finding.severity == severity && !finding.repaired; });
    };
    const auto repaired = std::count_if(report.findings.begin(), report.findings.end(),
                                        [](const Finding& finding) { return finding.repaired; });
    std::string line =
        fmt::format("{} {}: {}, {}; {} damaged, {}, {}", report.uri, report.healthy() ? "is healthy" : "is damaged",
                    counted(report.files, "file"), byte_count(report.bytes), count(Severity::Damage),
                    counted(count(Severity::Warning), "warning"),
                    counted(count(Severity::Advice), "piece of advice", "pieces of advice"));
    if (repaired > 0) line += fmt::format("; {} repaired", repaired);
    return line;
  }

  static std::string hint(const HealthReport& report) {
    const bool repairable = std::any_of(report.findings.begin(), report.findings.end(),
                                        [](const Finding& finding) { return finding.repairable && !finding.repaired; });
    return repairable ? fmt::format("`lakelet doctor {} --repair` mends what is marked repairable", report.uri)
                      : "the remedy column says what can be done";
  }
};

}  // namespace

void declare_doctor(Command command) {
  const auto doctor = std::make_shared<Doctor>();
  command.positional("TABLE", doctor->table, "Path or URI of the table")
      .flag("--repair", doctor->options.repair, "Take missing files out of the table, write damaged checkpoints again")
      .flag("--full", doctor->options.full, "Read every row too, and compare it with what the table knows")
      .example("lakelet doctor lake/weather")
      .example("lakelet doctor lake/weather --full --format json")
      .action([doctor](Invocation& invocation) { doctor->run(invocation); });
}

}  // namespace lakelet::cli
