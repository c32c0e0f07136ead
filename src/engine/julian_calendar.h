// Days that were counted by the calendar of their time: Julian before 1582-10-15, Gregorian from then on.
#pragma once

#include <cstdint>

namespace lakelet::engine {

// The day that has, in the proleptic Gregorian calendar, the date that `day` has in the hybrid one. Days since
// 1970-01-01 both. A 29 February that only the Julian calendar has becomes the 1 March, as in Spark.
std::int64_t day_of_hybrid_day(std::int64_t day);

}  // namespace lakelet::engine
