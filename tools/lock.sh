#!/bin/sh
# Renew the locks from pyproject.toml (needs uv). They carry hashes and no address.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate "$@"; }
lock pyproject.toml -o locks/run.txt
lock pyproject.toml --extra platforms -c locks/run.txt -o locks/platforms.txt
lock pyproject.toml --extra platforms --group test -c locks/platforms.txt -o locks/test.txt
lock pyproject.toml --extra parquet -c locks/test.txt -o locks/parquet.txt
lock --group lint -c locks/test.txt -o locks/lint.txt
