# What supervisor.sh, which follows in the same program, knows of processes: who one is, whether it
# lives, and which belong to a task.
#
# shellcheck shell=sh disable=SC2086 # what is split into words are numbers
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

# Prints the mark of the task whose runner has the process id $1 and the start time $2: a number that
# no two tasks on one kernel have in common, and smaller than all before it.
mark() {
  echo $((4611686018427387904 - ($2 << 22) - $1))
}

# Prints the processes of the task with agent $1 and mark $2: what has the mark, and the session of
# the agent. A process can lose the session and its environment, but not the limit; see agent().
members() {
  marked=" $(grep -las -e "^Max file locks  *$2 " -e "DISPENSE_TASK=$2" \
    /proc/[0-9]*/limits /proc/[0-9]*/environ | cut -d / -f 3 | tr '\n' ' ') "
  for entry in /proc/[0-9]*; do
    stat=
    read -r stat 2>/dev/null <"$entry/stat" || continue
    set -- "$1" "$2" ${stat##*) }
    case $3,$marked in
      Z,*) ;;
      *" ${entry#/proc/} "*) echo "${entry#/proc/}" ;;
      *) [ "$6" != "$1" ] || echo "${entry#/proc/}" ;;
    esac
  done
}

# Ends all processes of the task in $1: politely at first, then for certain. Some may be starting
# others all the time.
end_task() {
  agent=none
  read -r runner started _ 2>/dev/null <"$1/runner" || return 0
  ! lives "$1/agent" || agent=${identity%% *}
  mark=$(mark "$runner" "$started")
  # shellcheck disable=SC2046 # process ids, each an argument
  kill -TERM $(members "$agent" "$mark") 2>/dev/null
  tries=0
  while [ "$tries" -lt 50 ] && lives "$1/agent"; do
    sleep 0.1
    tries=$((tries + 1))
  done
  tries=0
  while [ "$tries" -lt 100 ]; do
    left=$(members "$agent" "$mark")
    [ -n "$left" ] || return 0
    kill -KILL $left 2>/dev/null
    tries=$((tries + 1))
  done
}
