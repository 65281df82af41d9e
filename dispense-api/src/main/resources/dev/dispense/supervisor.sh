#!/bin/sh
# Runs tasks in a sandbox, so that they go on when whoever started them is gone.
#
#   supervisor submit SECRETS ARGV...      starts a task, prints its id; its input is told below
#   supervisor status [ID]                 describes one task, or all
#   supervisor log ID FILE OFFSET FOLLOW   prints output, errors or prompt from a byte on;
#                                          FOLLOW=1: until the task has ended
#   supervisor wait ID                     waits for the end, then describes the task
#   supervisor cancel ID                   ends the task and all that it started
#
# A task is a directory, tasks/ID: the prompt, what else it was given (head, limits, markers), its
# append-only output and errors, who runs it (runner) and the agent (agent), each a process with its
# start time, and at the end, written by rename, the file "exit" with all that "status" says of it.
# The state is derived from these files and from which processes live; nothing else records it.
#
# "submit" reads lines from its standard input: agent ID, title TEXT, timeout SECONDS (0: none),
# grace SECONDS, parallel 0|1, resume ID, marker TEXT (all markers in one line of the output are the
# agent's last word), variable NAME or descriptor NAME with a secret on the next line, and at the
# end the line "prompt"; all that follows is the prompt. An unknown task makes the exit code 3.
#
# Needs a POSIX shell, coreutils, grep, sed and find, or busybox, and Linux's /proc.
set -u
self=$0
tasks=${self%/*}/tasks
boot=unknown
read -r boot </proc/sys/kernel/random/boot_id

# Prints "PID STARTED BOOT", which names a process for ever, as a process id alone does not.
identify() {
  stat=
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  # State and start time are fields 3 and 22; the name before them may hold anything: proc(5).
  set -- "$1" ${stat##*) }
  [ "$2" != Z ] && echo "$1 ${21} $boot"
}

# Whether the process that the file names lives.
lives() {
  identity=
  read -r identity 2>/dev/null <"$1" || return 1
  [ "$(identify "${identity%% *}")" = "$identity" ]
}

# Whether a task has ended, or is lost.
is_final() {
  [ ! -e "$1/exit" ] || return 0
  ! lives "$1/runner" || return 1
  # It may have ended after the first look, and one just being submitted has no runner yet.
  [ -e "$1/exit" ] || [ -e "$1/runner" ] || [ -z "$(find "$1" -prune -mmin -1 2>/dev/null)" ]
}

seconds() {
  read -r up idle </proc/uptime
  echo "${up%%.*}"
}

# Sends signal $3 to every process of task $1: the session of its agent $2, and what has its mark.
signal_task() {
  for entry in /proc/[0-9]*; do
    stat=
    read -r stat 2>/dev/null <"$entry/stat" || continue
    set -- "$1" "$2" "$3" ${stat##*) }
    if [ "$7" = "$2" ] \
      || tr '\0' '\n' 2>/dev/null <"$entry/environ" | grep -qx "DISPENSE_TASK=$1"; then
      kill "-$3" "${entry#/proc/}" 2>/dev/null
    fi
  done
}

# Ends task $1 with its agent $2: politely at first, then for certain.
end_task() {
  signal_task "$1" "$2" TERM
  tries=0
  while [ "$tries" -lt 50 ] && kill -0 "$2" 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
  done
  signal_task "$1" "$2" KILL
}

# Prints the agent's last word, if it is in the last $1 bytes of the output.
last_word() {
  [ -s "$dir/markers" ] || return 0
  tail -c "$1" "$dir/output" >"$dir/found.$1"
  while IFS= read -r marker; do
    grep -aF -e "$marker" "$dir/found.$1" >"$dir/match.$1"
    mv -f "$dir/match.$1" "$dir/found.$1"
  done <"$dir/markers"
  tail -n 1 "$dir/found.$1"
  rm -f "$dir/found.$1"
}

submit() {
  secrets=$1
  shift
  mask=$(umask)
  umask 077
  mkdir -p "$tasks" "$secrets" || exit 1
  id=1
  for entry in "$tasks"/*; do
    number=${entry##*/}
    [ "$number" = '*' ] || [ "$number" -lt "$id" ] || id=$((number + 1))
  done
  until mkdir "$tasks/$id" 2>/dev/null; do
    # Either another task has just taken the number, or nothing can be written here at all.
    [ -d "$tasks/$id" ] || mkdir "$tasks/$id" || exit 1
    id=$((id + 1))
  done
  dir=$tasks/$id
  timeout=0 grace=0
  { : >"$dir/output" && : >"$dir/errors" && echo "task $id" >"$dir/head"; } || exit 1
  while IFS= read -r line; do
    case $line in
      prompt) break ;;
      'timeout '*) timeout=${line#* } ;;
      'grace '*) grace=${line#* } ;;
      'parallel 1') : >"$dir/parallel" ;;
      'marker '*) printf '%s\n' "${line#* }" >>"$dir/markers" ;;
      'variable '* | 'descriptor '*)
        IFS= read -r secret || exit 1
        printf '%s\n' "$secret" >"$secrets/$id.${line%% *}.${line#* }" || exit 1
        ;;
      *) printf '%s\n' "$line" >>"$dir/head" || exit 1 ;;
    esac
  done
  { cat >"$dir/prompt" && echo "created $(date +%s)" >>"$dir/head"; } || exit 1
  umask "$mask"
  detach=
  if command -v setsid >/dev/null; then detach=setsid; fi
  $detach sh "$self" run "$id" "$secrets" "$timeout" "$grace" "$@" \
    </dev/null >/dev/null 2>&1 &
  runner=$!
  if ! identify "$runner" >"$dir/runner.new" || ! mv "$dir/runner.new" "$dir/runner"; then
    kill "$runner" 2>/dev/null
    exit 1
  fi
  echo "$id"
}

# Waits until every earlier task that is not parallel has ended.
await_turn() {
  for entry in "$tasks"/*; do
    if [ "${entry##*/}" -lt "$id" ] && [ ! -e "$entry/parallel" ]; then
      until is_final "$entry" || [ -e "$dir/cancel" ]; do sleep 0.2; done
    fi
  done
}

# Becomes the agent. What it reads its secrets from can be read by nobody a second time, and no image
# of its memory is left when it crashes. Where there is a lower limit, it stays: one byte also keeps
# the host from collecting the image.
agent() {
  [ "$(ulimit -H -c)" = 0 ] || ulimit -c 0
  descriptor=7
  for file in "$secrets/$id".*; do
    [ -e "$file" ] || continue
    name=${file##*.}
    IFS= read -r secret <"$file"
    rm -f "$file"
    case $file in
      *.descriptor.*)
        # A here-document this short is a pipe.
        eval "exec $descriptor<<SECRET
\$secret
SECRET"
        export "$name=$descriptor"
        descriptor=$((descriptor + 1))
        ;;
      *) export "$name=$secret" ;;
    esac
  done
  unset secret
  export DISPENSE_TASK="$id"
  detach=
  if command -v setsid >/dev/null; then detach=setsid; fi
  exec $detach "$@" <"$dir/prompt" >>"$dir/output"
}

# Ends the agent when its time is up, or when it goes on after its last word.
watch() {
  began=$(seconds)
  size=0
  said=
  while kill -0 "$agent" 2>/dev/null; do
    now=$(seconds)
    if [ "$timeout" -gt 0 ] && [ $((now - began)) -ge "$timeout" ]; then
      reason=timeout
    elif [ -n "$said" ] && [ $((now - said)) -ge "$grace" ]; then
      reason=grace
    fi
    if [ "$reason" != exited ]; then
      echo "$reason" >"$dir/reason"
      end_task "$id" "$agent"
      return
    fi
    grown=$(wc -c <"$dir/output")
    if [ -z "$said" ] && [ "$grown" -gt "$size" ] && [ -n "$(last_word 1048576)" ]; then
      said=$now
    fi
    size=$grown
    sleep 1
  done
}

run() {
  id=$1 secrets=$2 timeout=$3 grace=$4 dir=$tasks/$1 reason=exited
  shift 4
  [ -e "$dir/parallel" ] || await_turn
  if [ -e "$dir/cancel" ]; then
    rm -f "$secrets/$id".*
    finish cancelled -1
    return
  fi
  echo "started $(date +%s)" >>"$dir/head"
  : >"$dir/began"
  (agent "$@") 2>>"$dir/errors" &
  agent=$!
  identify "$agent" >"$dir/agent.new" && mv "$dir/agent.new" "$dir/agent"
  watch &
  watcher=$!
  wait "$agent"
  code=$?
  if [ -e "$dir/reason" ]; then
    wait "$watcher"
    read -r reason <"$dir/reason"
  else
    kill "$watcher" 2>/dev/null
  fi
  if [ -e "$dir/cancel" ]; then reason=cancelled; fi
  finish "$reason" "$code"
}

# Writes down how the task ended: $1 is exited, grace, timeout or cancelled, $2 the exit code.
finish() {
  word=$(last_word 16777216)
  {
    cat "$dir/head" \
      && echo "ended $1 $2 $(date +%s)" \
      && tail -c 4096 "$dir/errors" | sed 's/^/error /' \
      && printf '\nword %s\n' "$word"
  } >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
}

describe() {
  if [ ! -e "$1/exit" ]; then
    state=lost
    if [ ! -e "$1/runner" ] && ! is_final "$1"; then
      state=pending
    elif lives "$1/runner"; then
      state=pending
      [ ! -e "$1/began" ] || state=running
    fi
    # It may have ended while we looked.
    if [ ! -e "$1/exit" ]; then
      cat "$1/head" 2>/dev/null || echo "task ${1##*/}"
      echo "state $state"
      return
    fi
  fi
  cat "$1/exit"
}

status() {
  if [ $# -gt 0 ]; then
    find_task "$1"
    describe "$dir"
  else
    for entry in "$tasks"/*; do
      [ ! -d "$entry" ] || describe "$entry"
    done
  fi
}

log() {
  find_task "$1"
  file=$dir/$2 offset=$3 idle=0
  while :; do
    final=0
    if [ "$4" = 0 ] || is_final "$dir"; then final=1; fi
    size=$(wc -c <"$file")
    if [ "$size" -gt "$offset" ]; then
      tail -c "+$((offset + 1))" "$file" | head -c "$((size - offset))" || exit 1
      offset=$size idle=0
    elif [ "$final" = 1 ]; then
      return
    elif [ "$idle" -lt 50 ]; then
      idle=$((idle + 1))
      sleep 0.03
    else
      # Nobody may be reading any longer, which cannot be seen from here.
      sleep 0.2
    fi
  done
}

await() {
  find_task "$1"
  until is_final "$dir"; do sleep 0.03; done
  describe "$dir"
}

cancel() {
  find_task "$1"
  [ -e "$dir/exit" ] || : >"$dir/cancel"
  while lives "$dir/agent" || ! is_final "$dir"; do
    if lives "$dir/agent"; then end_task "$1" "${identity%% *}"; fi
    sleep 0.03
  done
}

find_task() {
  dir=$tasks/$1
  [ -d "$dir" ] || exit 3
}

case $1 in
  submit | run | status | log | cancel) "$@" ;;
  wait)
    shift
    await "$@"
    ;;
  *) exit 2 ;;
esac
