#!/usr/bin/env bash
# Models there and back with the programs that others use: ONNX's checker, ONNX Runtime, scikit-learn, Keras.
#
#     nn/tests/exchange.sh [VENV [SEED]]
#
# Installs pinned packages from PyPI into VENV (a temporary folder by default) unless they are there. Without a network it
# says so and ends with 0, except where REQUIRE_PYPI is set.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=$(realpath -m "${1:-$(mktemp -d)}")
packages="onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6 scikit-learn==1.9.1 skl2onnx==1.20.0 safetensors==0.8.0 keras==3.15.1 jax==0.10.2"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
# shellcheck disable=SC2086
if ! "$venv/bin/pip" install --quiet --disable-pip-version-check $packages; then
    echo "not compared: the packages cannot be installed (no PyPI?)"
    [ -z "${REQUIRE_PYPI:-}" ]
    exit
fi

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT

# What is written here, in every layer, activation and opset.
mkdir "$files/written"
# With the features of the whole workspace, so that nothing is compiled again after the other tests.
ONNX_FILES="$files/written" cargo test --quiet --workspace --lib --test onnx -- every_case every_operation_of_the_list
"$venv/bin/python" nn/tests/onnx/check.py "$files/written"

# What others write.
cargo build --quiet --workspace --release --examples
target=${CARGO_TARGET_DIR:-target}
mkdir "$files/models"
"$venv/bin/python" nn/tests/onnx/round_trips.py "$target/release/examples" "$files/models" "${2:-1}"

# The fixtures of Keras are what its script makes, and it takes what is written here.
cp nn/tests/keras/{make,written}.py "$files"
(cd "$files" && KERAS_BACKEND=jax "$venv/bin/python" make.py)
mkdir "$files/keras"
KERAS_FILES="$files/keras" cargo test --quiet --workspace --test keras -- what_is_written
(cd "$files" && KERAS_BACKEND=jax "$venv/bin/python" written.py keras)
for name in plain norms; do cmp "$files/$name.npz" "nn/tests/keras/$name.npz"; done
