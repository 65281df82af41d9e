# shellcheck shell=bash
# Sourced by the other scripts: how they speak, fail, and set up what is missing. Nothing here uses sudo: what needs
# rights that the caller lacks is said, not done. All words go to standard error, standard output is for results.

scripts=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

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

# programs SECTION...: prints a line PACKAGE PROGRAM for each program that scripts/programs.txt names in these sections.
programs() {
  local section="" package name names
  while read -r package names; do
    case $package in
      '' | '#'*) ;;
      \[*)
        section=${package//[![:alpha:]]/}
        ;;
      *)
        case " $* " in
          *" $section "*)
            for name in $names; do
              printf '%s %s\n' "$package" "$name"
            done
            ;;
        esac
        ;;
    esac
  done <"$scripts/programs.txt"
}

# missing_packages SECTION...: prints the packages of those of these programs that are not here, each once.
missing_packages() {
  local package name
  programs "$@" | while read -r package name; do
    has "$name" || printf '%s\n' "$package"
  done | sort -u
}

# Makes sure that the project can be built: the basic programs, and a JDK of version 17 or newer.
need_build_tools() {
  local missing=() package
  while IFS= read -r package; do
    missing+=("$package")
  done < <(missing_packages basic)
  has javac || [ -x "${JAVA_HOME:-}/bin/javac" ] || missing+=(default-jdk-headless)
  if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}"
  fi
  local version
  version=$(java_version "${JAVA_HOME:+$JAVA_HOME/bin/}javac")
  if [ "${version:-0}" -lt 17 ]; then
    fail "javac is version ${version:-unknown}, and 17 or newer is needed" "Set JAVA_HOME to a newer JDK."
  fi
}

# Makes sure that the further programs of tests are here, when root may install them; tests are skipped without.
need_test_programs() {
  local missing=() package
  while IFS= read -r package; do
    missing+=("$package")
  done < <(missing_packages further)
  [ "${#missing[@]}" -gt 0 ] || return 0
  if is_root && has apt-get; then
    install_packages "${missing[@]}"
  else
    say "Tests that need programs of these packages are skipped: ${missing[*]}"
  fi
}

# link_programs DIRECTORY SECTION...: makes a directory with links to those of these programs that are here, and to those
# of the JDK.
link_programs() {
  local directory=$1 package name place jdk
  shift
  mkdir -p -- "$directory"
  while read -r package name; do
    if place=$(type -P "$name"); then
      ln -sf -- "$place" "$directory/$name"
    fi
  done < <(programs "$@")
  jdk=$(jdk_home)
  for place in "$jdk"/bin/*; do
    ln -sf -- "$place" "$directory/${place##*/}"
  done
}

# Prints the home of the JDK that Maven uses.
jdk_home() {
  local javac
  if [ -n "${JAVA_HOME:-}" ]; then
    printf '%s\n' "$JAVA_HOME"
  else
    javac=$(readlink -f -- "$(type -P javac)")
    printf '%s\n' "${javac%/bin/javac}"
  fi
}

# java_version JAVAC: prints the feature version, such as 17.
java_version() {
  "$1" -version 2>&1 | sed -n 's/^javac \(1\.\)\{0,1\}\([0-9]*\).*/\2/p'
}
