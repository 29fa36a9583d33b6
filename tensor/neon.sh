#!/usr/bin/env bash
# Tests the kernels on another architecture, AArch64 with NEON, under QEMU: products of the same plain loops, bit for
# bit. Prints a message if it skips them.
set -euo pipefail
cd "$(dirname "$0")"

packages=(qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
if ! command -v qemu-aarch64 >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null 2>&1 ||
        echo "could not install ${packages[*]}"
fi
if ! { command -v qemu-aarch64 && command -v aarch64-linux-gnu-gcc && command -v rustup; } >/dev/null; then
    echo "skipped: no QEMU, no linker for AArch64 or no rustup"
    exit 0
fi
rustup target add aarch64-unknown-linux-gnu
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
cargo test --release --target aarch64-unknown-linux-gnu -p tensor --lib --test product --test product_of_a_row -- "$@"
