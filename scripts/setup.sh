# shellcheck shell=bash
# Sourced by the other scripts: how they speak, fail, and set up what is missing. Nothing here uses sudo: what needs
# rights that the caller lacks is said, not done. All words go to standard error, standard output is for results.

say() {
  printf '%s\n' "$*" >&2
}

# fail MESSAGE [NEXT-STEP...]: ends the script; each next step is a line of its own.
fail() {
  say "error: $1"
  shift
  local step
  for step in "$@"; do
    say "       $step"
  done
  exit 1
}

is_root() {
  [ "$(id -u)" -eq 0 ]
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# limited SECONDS COMMAND...: runs the command with a time limit, where the machine has the program for it.
limited() {
  if has timeout; then
    timeout "$@"
  else
    shift
    "$@"
  fi
}

# The directory for logs and locks of these scripts, readable by its owner only.
setup_directory() {
  local directory=${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/dispense/setup
  (umask 077 && mkdir -p "$directory")
  printf '%s\n' "$directory"
}

# lock NAME: waits until no other script holds the lock of that name, and holds it (file descriptor 9) until the end.
lock() {
  has flock || return 0
  exec 9>"$(setup_directory)/$1.lock"
  flock 9
}

# install_packages PACKAGE...: installs Debian packages when root may; without its output unless it fails.
install_packages() {
  if ! has apt-get; then
    fail "these programs are missing, and there is no apt-get to install them with: $*" \
      "Install them the way this system does, then run this again."
  fi
  if ! is_root; then
    fail "these packages are missing: $*" \
      "Run this, then try again:  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
  fi
  say "Installing $* with apt-get ..."
  local log apt
  log=$(setup_directory)/apt.log
  apt=(apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120)
  if ! { "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "apt-get could not install $* (all of its output: $log)"
  fi
}

# Makes sure that the project can be built: git, Maven, and a JDK of version 17 or newer.
need_build_tools() {
  local missing=()
  has git || missing+=(git)
  has javac || [ -x "${JAVA_HOME:-}/bin/javac" ] || missing+=(default-jdk-headless)
  has mvn || missing+=(maven)
  if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}"
  fi
  local version
  version=$(java_version "${JAVA_HOME:+$JAVA_HOME/bin/}javac")
  if [ "${version:-0}" -lt 17 ]; then
    fail "javac is version ${version:-unknown}, and 17 or newer is needed" "Set JAVA_HOME to a newer JDK."
  fi
}

# java_version JAVAC: prints the feature version, such as 17.
java_version() {
  "$1" -version 2>&1 | sed -n 's/^javac \(1\.\)\{0,1\}\([0-9]*\).*/\2/p'
}
