#include "catalogs/rest/rest_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "base/json_writer.h"
#include "base/percent_encoding.h"
#include "catalogs/rest/rest_answer.h"

namespace lakelet::catalogs {

namespace {

constexpr const char* kPlan = "namespaces/{namespace}/tables/{table}/plan";
constexpr const char* kOnePlan = "namespaces/{namespace}/tables/{table}/plan/{plan-id}";
constexpr const char* kTasks = "namespaces/{namespace}/tables/{table}/tasks";
constexpr std::size_t kMostTasks = 1'000'000;
constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{5'000};

class RestScan final : public CatalogScan {
 public:
  RestScan(std::shared_ptr<RestSession> session, std::vector<std::string> table, std::string what, std::string request)
      : session_(std::move(session)), table_(std::move(table)), what_(std::move(what)), request_(std::move(request)) {}

  ~RestScan() override {
    if (!wanted()) return;
    try {
      RestCall call{.method = "DELETE", .route = kOnePlan, .values = plan_values(), .parting = true};
      if (session_->offers(call.method, call.route)) session_->send(call);
    } catch (const Error&) {  // the server forgets it by itself
    }
  }

  std::optional<std::string> next() override {
    if (!begun_) {
      begun_ = true;
      return result(begin());
    }
    if (tasks_.empty()) return std::nullopt;
    JsonWriter body;
    body.begin_object().key("plan-task").string(tasks_.front()).end_object();
    tasks_.pop_front();
    return result(send({.method = "POST", .route = kTasks, .values = table_, .body = body.take()}));
  }

 private:
  // Whether the server keeps something of ours.
  bool wanted() const { return !plan_.empty() && (running_ || !tasks_.empty()); }

  std::vector<std::string> plan_values() const {
    std::vector<std::string> values = table_;
    values.push_back(percent_encode(plan_, ""));
    return values;
  }

  std::string send(const RestCall& call) {
    HttpAnswer answer = session_->send(call);
    if (answer.status >= 200 && answer.status < 300) return std::move(answer.body);
    const Error error = session_->error_in(answer, what_);
    running_ = false;
    // What isn't there is the plan, which the server has forgotten: the table is.
    if (error.code() != ErrorCode::NotFound) throw error;
    throw Error(ErrorCode::Unavailable, error.what(), "try again");
  }

  // The first documents; while the server says that it still plans, it is asked again.
  std::string begin() {
    std::string text = send({.method = "POST", .route = kPlan, .values = table_, .body = request_});
    for (std::chrono::milliseconds pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
      const RestAnswer answer(text, what_);
      if (plan_.empty()) plan_ = answer.text("plan-id").value_or("");
      const std::string status = answer.text("status").value_or("");
      running_ = status == "submitted";
      if (status == "completed") return text;
      if (!running_) throw_end(status, answer, text);
      if (plan_.empty()) throw Error(ErrorCode::CorruptTable, what_ + ": the answer has no plan-id to ask by");
      session_->wait(pause);
      text = send({.method = "GET", .route = kOnePlan, .values = plan_values()});
    }
  }

  [[noreturn]] void throw_end(const std::string& status, const RestAnswer& answer, const std::string& text) const {
    if (status == "cancelled") throw Error(ErrorCode::Unavailable, what_ + ": the server cancelled it", "try again");
    if (status != "failed") {
      throw Error(ErrorCode::CorruptTable, fmt::format("{}: the answer has the status '{}'", what_, one_line(status)));
    }
    constexpr std::int64_t kServerFault = 500;
    std::int64_t code = kServerFault;
    if (answer.object().at_key("error").at_key("code").get(code) || code < 400 || code > 599) code = kServerFault;
    const Error error = session_->error_in({.status = static_cast<int>(code), .body = text}, what_);
    throw Error(error.code() == ErrorCode::NotFound ? ErrorCode::Unavailable : error.code(), error.what());
  }

  std::string result(std::string text) {
    const RestAnswer answer(text, what_);
    for (std::string& task : answer.texts("plan-tasks")) {
      if (!seen_.insert(task).second || seen_.size() > kMostTasks) {
        throw Error(ErrorCode::CorruptTable, what_ + ": the tasks of the plan come back to where they were");
      }
      tasks_.push_back(std::move(task));
    }
    return text;
  }

  const std::shared_ptr<RestSession> session_;
  const std::vector<std::string> table_;
  const std::string what_, request_;
  std::string plan_;
  bool begun_ = false, running_ = false;
  std::deque<std::string> tasks_;
  std::set<std::string> seen_;
};

}  // namespace

std::unique_ptr<CatalogScan> plan_on_server(std::shared_ptr<RestSession> session, std::vector<std::string> table,
                                            std::string what, std::string request) {
  return std::make_unique<RestScan>(std::move(session), std::move(table), std::move(what), std::move(request));
}

}  // namespace lakelet::catalogs
