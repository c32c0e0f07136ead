// Random numbers: entropy for names, and a fast generator for jitter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lakelet {

// Fills `out` from the kernel's generator (getrandom).
void fill_with_entropy(std::span<std::byte> out);

// This thread's generator; not for secrets. Seeds itself from entropy at first use, and again in a forked child.
std::uint64_t random_bits();
double random_fraction();  // uniform in [0, 1)

// Fixes this thread's sequence from here on: for tests.
void seed_random(std::uint64_t seed);

}  // namespace lakelet
