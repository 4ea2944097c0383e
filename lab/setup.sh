# Sourced by lab/run and tests/run, never run by itself: installs the Debian packages the project
# builds on and builds a preset. Needs nothing but bash and what every Debian has. Calling it again
# when all is in place costs a dpkg-query and a ninja that finds nothing to do; no root needed then.
#
# From the environment:
#   POOLLAB_NO_INSTALL=1     never call apt: for systems that bring the packages in another way
#   POOLLAB_BUILD_DIR=DIR    build there instead of in the checkout's .build/
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

# The compiler and what CMakeLists.txt looks for, also for the tests: a build folder has both.
packages_build=(g++ cmake ninja-build pkg-config ccache git python3
  nlohmann-json3-dev libcli11-dev libfmt-dev zlib1g-dev libgtest-dev libgmock-dev libbenchmark-dev libboost-dev)
# The window. libgl1-mesa-dri is the software renderer for machines without a graphics driver.
packages_window=(libimgui-dev libglfw3-dev libgl-dev libgl1-mesa-dri libx11-dev libfreetype-dev libstb-dev
  fonts-inter fonts-jetbrains-mono fonts-dejavu-core)
# Other people's pools, to compare with.
packages_peers=(libtbb-dev libboost-dev libeigen3-dev libconcurrentqueue-dev)
# What only the tests use: a display without a screen, a JSON Schema validator, clang with its
# libFuzzer.
packages_tests=(xvfb xdotool jq python3-jsonschema clang libclang-rt-dev)
# tests/lint and hand-run analysis.
packages_lint=(clang-format clang-tidy)

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$(dirname "$0")")/$(basename "$0"): $1"; exit "${2:-3}"; }

# Prints those of the named packages that are not installed.
missing_packages() {
  local installed
  # dpkg-query fails when it does not know one of them: that is an answer here, not an error.
  installed=$({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
    awk '$2 == "installed" {print $1}')
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$installed")
}

# install_packages NAME...: makes them present or ends the script with what to do by hand.
install_packages() {
  [ -z "${POOLLAB_NO_INSTALL:-}" ] || return 0
  command -v dpkg-query >/dev/null || die "this is not a Debian system: install the equivalents of
  $*
and set POOLLAB_NO_INSTALL=1"
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0

  local by_hand="apt-get install --no-install-recommends ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "packages are missing and this is neither root nor a system with sudo.
As root:  $by_hand"
    as_root=(sudo)
    # A prompt is fine for a person, but a script without a terminal must not hang on one.
    [ -t 0 ] || as_root=(sudo -n)
  fi
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
  local log
  log=$(mktemp)
  # An update fails when any one source is dead; what matters is whether the install then works.
  "${apt[@]}" update </dev/null >"$log" 2>&1 || say "apt-get update had errors; trying to install all the same"
  if ! "${apt[@]}" install --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1; then
    tail -n 25 "$log" >&2
    rm -f "$log"
    mapfile -t missing < <(missing_packages "$@")
    die "apt-get could not install: ${missing[*]}
As root:  apt-get update && $by_hand"
  fi
  rm -f "$log"
}

# build_dir PRESET: prints where that preset is built: .build/PRESET of the checkout, or the user's
# cache when the checkout is not ours to write in.
build_dir() {
  if [ -n "${POOLLAB_BUILD_DIR:-}" ]; then
    printf '%s\n' "$POOLLAB_BUILD_DIR/$1"
  elif mkdir -p "$root/.build/$1" 2>/dev/null && [ -w "$root/.build/$1" ]; then
    printf '%s\n' "$root/.build/$1"
  else
    local id
    id=$(printf '%s' "$root" | cksum | cut -d' ' -f1)
    printf '%s\n' "${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/poollab/$id/$1"
  fi
}

# Runs a command for its effect: visible on a terminal, else into $build_log and shown if it fails.
build_step() {
  if [ -t 2 ]; then
    "$@" >&2
  else
    "$@" >>"$build_log" 2>&1
  fi
}

# build PRESET TARGET...: configures when needed and builds. Nonzero when it fails, after saying why.
build() {
  local preset=$1 dir
  shift
  dir=$(build_dir "$preset")
  mkdir -p "$dir" || return 1
  build_log=$dir/build.log
  : >"$build_log"
  # Objects of one checkout serve the next: ccache sees paths relative to the checkout.
  export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
  # CMake watches its own files, but not the presets.
  if [ ! -e "$dir/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$dir/build.ninja" ]; then
    if ! (cd "$root" && build_step cmake --preset "$preset" -B "$dir"); then
      [ -t 2 ] || tail -n 40 "$build_log" >&2
      say "Configuring the $preset preset failed."
      return 1
    fi
  fi
  local quiet=()
  if ninja -C "$dir" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    quiet=(--quiet)
  else
    say "Building the $preset preset..."
  fi
  if ! build_step ninja -C "$dir" -j "${POOLLAB_JOBS:-$(nproc)}" "${quiet[@]}" "$@"; then
    [ -t 2 ] || { grep -A 30 -E '^FAILED:|error:' "$build_log" || tail -n 20 "$build_log"; } |
      head -n 80 >&2
    say "Building the $preset preset failed; the whole log: $build_log"
    return 1
  fi
}
