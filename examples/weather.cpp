// The weather walkthrough in C++: make a table, add rows, merge a second file into it, look at its history, travel back
// in time and ask it a question. Prints each step and what came of it.
//
//   weather [FOLDER WITH day1.csv AND day2.csv [TABLE]]
#include <lakelet/lakelet.h>

#include <cstdlib>
#include <iostream>

namespace {

void print_rows(lakelet::Rows rows) {
  for (const lakelet::Field& field : rows.schema().fields()) std::cout << field.name << "\t";
  std::cout << "\n";
  while (rows.next()) {
    for (std::size_t column = 0; column < rows.schema().size(); ++column) std::cout << rows.text(column) << "\t";
    std::cout << "\n";
  }
}

void walk(const std::string& data, const std::string& path) {
  lakelet::Session session;

  std::cout << "create " << path << "\n";
  lakelet::CreateOptions options;
  options.name = "Weather";
  options.description = "Forecast weather data";
  const auto schema = lakelet::parse_schema("time timestamp, city string, temperature float");
  lakelet::Table weather = session.create(path, schema, options);
  std::cout << "version " << weather.version() << " of a " << weather.metadata().format << " table\n\n";

  std::cout << "append day1.csv\n";
  const lakelet::Report appended = weather.append(lakelet::Source::file(data + "/day1.csv"));
  std::cout << "version " << appended.version << ": " << appended.rows_inserted << " rows\n\n";

  std::cout << "merge day2.csv\n";
  const lakelet::Report merged =
      weather
          .merge(lakelet::Source::file(data + "/day2.csv"), "target.time = source.time and target.city = source.city")
          .when_matched_update({{"temperature", "source.temperature"}})
          .when_not_matched_insert_all()
          .execute();
  std::cout << "version " << merged.version << ": " << merged.rows_updated << " updated, " << merged.rows_inserted
            << " inserted\n";
  print_rows(weather.scan().order_by("time").rows());

  std::cout << "\nhistory\n";
  for (const lakelet::HistoryEntry& entry : weather.history()) {
    std::cout << entry.version << "\t" << entry.operation << "\t" << entry.engine << "\n";
  }

  for (const lakelet::Version version : {1, 0}) {
    std::cout << "\nversion " << version << "\n";
    print_rows(weather.at_version(version).scan().order_by("time").rows());
  }

  std::cout << "\nSQL: the warmest hour of each city\n";
  print_rows(session.sql("select city, max(temperature) as warmest from '" + path + "' group by city order by city"));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const std::string path = argc > 2 ? argv[2] : ".datasets/weather-cpp";
  try {
    walk(data, path);
    return EXIT_SUCCESS;
  } catch (const lakelet::Error& error) {
    std::cerr << "error: " << error.what() << "\n";
    if (!error.hint().empty()) std::cerr << "\nhint: " << error.hint() << "\n";
    return EXIT_FAILURE;
  }
}
