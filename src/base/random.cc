#include "base/random.h"

#include <sys/random.h>
#include <unistd.h>

#include <cerrno>

#include "lakelet/error.h"

namespace lakelet {

namespace {

struct Generator {
  std::uint64_t state = 0;
  pid_t seeded_by = -1;  // 0: seeded by hand
};
thread_local Generator generator;

}  // namespace

void fill_with_entropy(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw Error(ErrorCode::Unavailable, "the system gives no random bytes (getrandom failed)");
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

std::uint64_t random_bits() {
  // Forked writers with one sequence would back off in step and collide again.
  if (generator.seeded_by != 0 && generator.seeded_by != ::getpid()) {
    fill_with_entropy(std::as_writable_bytes(std::span(&generator.state, 1)));
    generator.seeded_by = ::getpid();
  }
  // SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t z = generator.state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

double random_fraction() {
  return static_cast<double>(random_bits() >> 11) * 0x1.0p-53;
}

void seed_random(std::uint64_t seed) {
  generator = {seed, 0};
}

}  // namespace lakelet
