# What supervisor.sh, which follows in the same program, tells of tasks: their states, their logs, and
# when they end. Nothing here changes anything. The head of supervisor.sh says which files there are.
#
# shellcheck shell=sh

find_task() {
  dir=$tasks/$1
  [ -d "$dir" ] || exit 3
}

# Whether a task has ended, or is lost.
is_final() {
  [ ! -e "$1/exit" ] || return 0
  if [ -e "$1/runner" ]; then
    ! lives "$1/runner"
  elif [ -e "$1/queued" ] && [ ! -e "$1/claimed" ]; then
    # It waits for those before it, unless the sandbox was stopped since.
    ! lives "$1/queued"
  else
    # It is just being submitted, or begun, by somebody who first of all says who it is.
    by=$1/by
    [ ! -e "$1/claimed" ] || by=$1/claimed/by
    if [ -s "$by" ]; then
      ! lives "$by"
    else
      [ -z "$(find "${by%/*}" -prune -mmin -1 2>/dev/null)" ]
    fi
  fi
}

describe() {
  state=lost
  if ! is_final "$1"; then
    state=pending
    [ ! -e "$1/began" ] || state=running
  fi
  # It may have ended while we looked.
  if [ -e "$1/exit" ]; then
    cat "$1/exit"
  else
    cat "$1/head" 2>/dev/null || echo "task ${1##*/}"
    echo "state $state"
  fi
}

status() {
  if [ $# -gt 0 ]; then
    find_task "$1"
    describe "$dir"
    return
  fi
  for entry in "$tasks"/*; do
    if [ -e "$entry/exit" ]; then
      # Those that have ended are told with one program, not with one for each.
      set -- "$@" "$entry/exit"
    elif [ -d "$entry" ]; then
      describe "$entry"
    fi
  done
  [ $# = 0 ] || cat "$@"
}

log() {
  find_task "$1"
  file=$dir/$2 offset=$3 idle=0 final=0
  until [ -e "$file" ] || [ "$4" = 0 ] || is_final "$dir"; do sleep 0.03; done
  [ -e "$file" ] || file=/dev/null
  # Each program that reads from this descriptor goes on where the one before it has stopped.
  exec 3<"$file"
  position
  while [ "$final" = 0 ]; do
    if [ "$4" = 0 ] || is_final "$dir"; then final=1; fi
    was=$at
    if [ "$at" -ge "$offset" ]; then
      cat <&3 || exit 1
    else
      tail -c "+$((offset - at + 1))" <&3 || exit 1
    fi
    position
    if [ "$at" -gt "$was" ] || [ "$final" = 1 ]; then
      idle=0
    elif [ "$idle" -lt 50 ]; then
      idle=$((idle + 1))
      sleep 0.03
    else
      # Nobody may be reading any longer, which cannot be seen from here.
      sleep 0.2
    fi
  done
  describe "$dir" >&2
}

# Sets "at" to the position in the file of descriptor 3: proc(5), fdinfo.
position() {
  read -r _ at </proc/self/fdinfo/3
}

await() {
  find_task "$1"
  until is_final "$dir"; do
    await_runner "$dir"
    # It may not be seen to have ended at once, and what is just being submitted has none yet.
    is_final "$dir" || sleep 0.03
  done
  describe "$dir"
}

# Waits, at no cost, until no process has the pipe of a task open for writing: its runner has ended,
# in whatever way.
await_runner() {
  [ -p "$1/alive" ] || return 0
  # Opened by itself for reading, it would wait for a writer for ever when there is none any more.
  exec 4<>"$1/alive"
  exec 5<"$1/alive" 4>&-
  read -r _ <&5
  exec 5<&-
}
