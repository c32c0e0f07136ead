#include "lakelet/health.h"

#include <algorithm>

namespace lakelet {

bool HealthReport::healthy() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::Damage && !finding.repaired; });
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Advice:
      return "advice";
    case Severity::Warning:
      return "warning";
    case Severity::Damage:
      break;
  }
  return "damage";
}

}  // namespace lakelet
