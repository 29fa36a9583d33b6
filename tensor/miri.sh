#!/usr/bin/env bash
# Miri runs the tests of unsafe code: products, with the AVX2 and the portable kernels, and the thread pool. Needs a
# nightly toolchain with the components miri and rust-src.
set -euo pipefail
cd "$(dirname "$0")"

# Tests of waiting threads read the clock.
export MIRIFLAGS=-Zmiri-disable-isolation
# Miri knows the instructions of AVX2, but only for a target that has them.
export RUSTFLAGS="-C target-feature=+avx2,+fma"
# Two processes: Miri has one core, regardless of the program's threads.
{
    cargo +nightly miri test -p tensor --lib -- product threads simd cache
    cargo +nightly miri test -p tensor --test product_of_a_row
    cargo +nightly miri test -p tensor --test product -- double_precision
} &
cargo +nightly miri test -p tensor --test product -- --skip double_precision
wait $!
