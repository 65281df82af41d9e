#!/bin/sh
# Runs tasks in a sandbox, so that they go on when whoever started them is gone.
#
#   supervisor submit SECRETS ARGV...      starts a task, prints its id; its input is told below
#   supervisor status [ID]                 describes one task, or all
#   supervisor log ID FILE OFFSET FOLLOW   prints output, errors or prompt from a byte on;
#                                          FOLLOW=1: until the task has ended; then describes the
#                                          task on the standard error
#   supervisor wait ID                     waits for the end, then describes the task
#   supervisor cancel ID                   ends the task and all that it started
#
# A task is a directory, tasks/ID: the prompt, what else it was given (head, limits, markers), its
# append-only output and errors, who runs it (runner) and the agent (agent), each a process with its
# start time, a pipe that only the runner has open (alive), which who waits for its end reads, and at
# the end, written by rename, the file "exit" with all that "status" says of it.
# The state is derived from these files and from which processes live; nothing else records it.
#
# "submit" reads lines from its standard input: agent ID, title TEXT, timeout SECONDS (0: none),
# grace SECONDS, parallel 0|1, resume ID, marker TEXT (all markers in one line of the output are the
# agent's last word), variable NAME or descriptor NAME with a secret on the next line, and at the
# end the line "prompt"; all that follows is the prompt. An unknown task makes the exit code 3.
#
# Tasks that are not parallel run one after the other. Of those that wait, only the first has a
# runner, which waits for the turn; the others are files (launch: how their runner is started, queued:
# ready for it, and in which life of the sandbox) until somebody takes one up (claimed). Who submits
# one, or takes one up, is told by a file "by", until it has a runner.
#
# In the sandbox, variables.sh, processes.sh and answers.sh stand before this. Needs a POSIX shell,
# coreutils, grep, sed and find, or busybox, and Linux's /proc.
set -u
self=$0
tasks=${self%/*}/tasks

seconds() {
  read -r up idle </proc/uptime
  echo "${up%%.*}"
}

# Prints the agent's last word, if it is in the last $1 bytes of the output, or from the byte $1 on, if that is +N.
last_word() {
  [ -s "$dir/markers" ] || return 0
  exec 5<"$dir/markers"
  tail -c "$1" "$dir/output" | with_markers | tail -n 1
  exec 5<&-
}

# Prints the last lines of the output, where no marker tells which is the agent's last word.
last_lines() {
  [ ! -s "$dir/markers" ] || return 0
  echo
  tail -c 65536 "$dir/output" | tail -n 20 | sed 's/^/line /'
}

# Passes on the lines that have each of the markers on descriptor 5.
with_markers() {
  if IFS= read -r marker <&5; then
    grep -aF -e "$marker" | with_markers
  else
    cat
  fi
}

submit() {
  secrets=$1
  shift
  mask=$(umask)
  umask 077
  [ -d "$tasks" ] && [ -d "$secrets" ] || mkdir -p "$tasks" "$secrets" || exit 1
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
  identify $$ >"$dir/by" || unwritable
  timeout=0 grace=0
  mkfifo "$dir/alive" || exit 1
  { : >"$dir/output" && : >"$dir/errors" && echo "task $id" >"$dir/head"; } || unwritable
  while IFS= read -r line; do
    case $line in
      prompt) break ;;
      'timeout '*) timeout=${line#* } ;;
      'grace '*) grace=${line#* } ;;
      'parallel 1') : >"$dir/parallel" ;;
      'marker '*) printf '%s\n' "${line#* }" >>"$dir/markers" || unwritable ;;
      'variable '* | 'descriptor '*)
        IFS= read -r secret || exit 1
        printf '%s\n' "$secret" >"$secrets/$id.${line%% *}.${line#* }" || unwritable
        ;;
      *) printf '%s\n' "$line" >>"$dir/head" || unwritable ;;
    esac
  done
  { cat >"$dir/prompt" && echo "created $(date +%s)" >>"$dir/head"; } || unwritable
  {
    printf '%s\numask %s\nexec sh' "$given" "$mask"
    for word in "$self" run "$id" "$secrets" "$timeout" "$grace" "$@"; do quote "$word"; done
  } >"$dir/launch" || unwritable
  if [ -e "$dir/parallel" ] || ! identify 1 >"$dir/queued"; then
    start "$id" || unwritable
  else
    advance || [ "$number" != "$id" ] || unwritable
  fi
  echo "$id"
}

# Ends a submission that could not be written, and says why: of itself, the shell calls all an I/O error.
unwritable() {
  rm -f "$secrets/$id".*
  echo | cat >"$dir/refused"
  echo 'it could not be written down; see whether the disk of the sandbox is full' >&2
  exit 1
}

# Prints a word so that a shell reads it as it is.
quote() {
  rest=$1 quoted=
  while :; do
    case $rest in
      *\'*) quoted=$quoted${rest%%\'*}"'\\''" rest=${rest#*\'} ;;
      *) break ;;
    esac
  done
  printf " '%s'" "$quoted$rest"
}

# Starts the runner of the first task that waits, so that it is there when the turn comes; a queue of
# any length has no other process. Called when a task was added, has begun or has ended: whoever
# comes too early is followed by who does not.
advance() {
  number=1
  while [ -d "$tasks/$number" ]; do
    entry=$tasks/$number
    if [ ! -e "$entry/parallel" ] && [ ! -e "$entry/began" ] && ! is_final "$entry"; then
      [ ! -e "$entry/claimed" ] || return 0
      if [ -e "$entry/queued" ]; then
        start "$number"
        return
      fi
    fi
    number=$((number + 1))
  done
}

# Starts the runner of task $1, with the environment that the task was given in, unless somebody has.
start() {
  mkdir "$tasks/$1/claimed" 2>/dev/null || return 0
  identify $$ >"$tasks/$1/claimed/by" || return 1
  detach=
  if command -v setsid >/dev/null; then detach=setsid; fi
  # The pipe is opened for reading too, as this would wait for a reader otherwise.
  (exec 6<>"$tasks/$1/alive" && exec $detach env -i sh "$tasks/$1/launch") \
    </dev/null >/dev/null 2>&1 &
  runner=$!
  if ! identify "$runner" >"$tasks/$1/runner.new" \
    || ! mv "$tasks/$1/runner.new" "$tasks/$1/runner"; then
    kill "$runner" 2>/dev/null
    return 1
  fi
}

# Waits until every earlier task that is not parallel has ended.
await_turn() {
  for entry in "$tasks"/*; do
    if [ "${entry##*/}" -lt "$id" ] && [ ! -e "$entry/parallel" ]; then
      until is_final "$entry" || [ -e "$dir/cancel" ]; do sleep 0.1; done
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
        secret=$descriptor
        descriptor=$((descriptor + 1))
        ;;
    esac
    give "$name=$secret"
  done
  read -r runner started _ <<RUNNER
$(identify $$)
RUNNER
  mark=$(mark "$runner" "$started")
  # What a task starts inherits this limit, which nothing else uses, and cannot raise it.
  # shellcheck disable=SC3045 # one of the two is known to dash and busybox, the other to bash
  ulimit -w "$mark" 2>/dev/null || ulimit -x "$mark" 2>/dev/null
  give "DISPENSE_TASK=$mark"
  exec <"$dir/prompt" >>"$dir/output"
  if command -v setsid >/dev/null; then set -- setsid "$@"; fi
  # From here on, all variables are the agent's.
  eval "$given"
  exec "$@"
}

# Adds a variable to those that the agent is given.
give() {
  given="$given
export$(quote "$1")"
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
      end_task "$dir"
      return
    fi
    grown=$(wc -c <"$dir/output")
    if [ -z "$said" ] && [ "$grown" -gt "$size" ]; then
      # What has come since, and the beginning of a line that has come before; counted from the beginning of the file, as
      # the agent may write on meanwhile.
      from=$((size > 1048576 ? size - 1048576 : 0))
      [ -z "$(last_word "+$((from + 1))")" ] || said=$now
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
    advance
    return
  fi
  (agent "$@") 2>>"$dir/errors" 6>&- &
  agent=$!
  echo "started $(date +%s)" >>"$dir/head"
  : >"$dir/began"
  identify "$agent" >"$dir/agent.new" && mv "$dir/agent.new" "$dir/agent"
  watch 6>&- &
  watcher=$!
  advance
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
  advance
}

# Writes down how the task ended: $1 is exited, grace, timeout or cancelled, $2 the exit code.
finish() {
  word=$(last_word 16777216)
  {
    cat "$dir/head" \
      && echo "ended $1 $2 $(date +%s)" \
      && tail -c 4096 "$dir/errors" | sed 's/^/error /' \
      && last_lines \
      && printf '\nword %s\n' "$word"
  } >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
}

cancel() {
  find_task "$1"
  [ -e "$dir/exit" ] || : >"$dir/cancel"
  until is_final "$dir"; do
    if lives "$dir/agent"; then
      end_task "$dir"
    elif [ -e "$dir/queued" ]; then
      start "$1"
    fi
    sleep 0.03
  done
  # What it left running when it ended, or was started while the agent was killed.
  end_task "$dir"
}

case $1 in
  submit | run | status | log | cancel) "$@" ;;
  wait)
    shift
    await "$@"
    ;;
  *) exit 2 ;;
esac
