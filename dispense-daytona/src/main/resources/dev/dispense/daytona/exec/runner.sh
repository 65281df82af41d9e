# Runs one command in a sandbox for a client whose connection may break at any point: every call can
# be made again and does and answers the same. The calls:
#
#   start ID INPUT OUTPUT LAUNCH USER POSITIONS WAIT OLD...
#       starts the command, unless it is started already, and answers as "poll" does. INPUT is none,
#       file (whole, as base64 on descriptor 3) or pieces (see feed). OUTPUT is told, or files: it
#       is named only, and the client fetches its files itself. LAUNCH is "-" (a shell script that
#       becomes the command, as base64 on the standard input) or the file that holds it. USER is who
#       the command must run as: "-" for whoever this is, or UID or UID:GID. Each OLD is a command
#       whose answers have all been received.
#   poll ID POSITIONS WAIT
#       waits up to WAIT seconds for news, then tells what has come since.
#
# POSITIONS are "SEGMENT OFFSET" in the output, the same in the error output, and how many pieces of
# the input are known to be consumed. An answer is a few lines that start with a dot, with base64
# between them, and ends with the line ".end".
#
# A command has a directory of its own. Its outputs are files of at most 1 MiB, of which 16 may be
# there, or of 8 MiB and eight when the client fetches them; they are deleted when they are received.
# The directory of a command that has ended stays until a client says that it knows the end, or has
# not asked for half an hour.
#
# Needs a POSIX shell, /proc, and coreutils with find, or busybox.
#
# shellcheck shell=sh disable=SC2086 # what is split into words are numbers and paths without blanks
mask=$(umask)
umask 077
id=$2
base=/tmp/dispense-exec
memory=/dev/shm/dispense-exec
d=$base/$id
detach=
if command -v setsid >/dev/null; then detach=setsid; fi

start() {
  input=$2 output=$3 launch=$4 user=$5
  shift 5
  missing=
  for program in base64 cat cp dd head id mkdir mv rm sleep tail tr wc; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  if [ -n "$missing" ]; then
    echo ".missing$missing"
    echo .end
    exit
  fi
  if [ "$user" != - ] && [ "$user" != "$(id -u)" ] && [ "$user" != "$(id -u):$(id -g)" ]; then
    echo .user
    echo .end
    exit
  fi
  error=$(mkdir -p "$base" "$d" 2>&1) || fail "$error"
  if [ ! -d "$d/claimed" ]; then
    mkdir -p "$memory" 2>/dev/null || memory=$base
    mine=$memory/$id.$$
    if [ "$launch" != - ]; then
      error=$(cp "$launch" "$mine.launch" 2>&1) || fail "$error"
    else
      error=$({ base64 -d >"$mine.launch"; } 2>&1) || fail "$error"
    fi
    if [ "$input" = file ]; then
      error=$({ base64 -d <&3 >"$mine.input"; } 2>&1) || fail "$error"
    fi
    if [ "$output" = files ]; then
      error=$({ : >"$d/files"; } 2>&1) || fail "$error"
    fi
    if mkdir "$d/claimed" 2>/dev/null; then
      (shift 6 && become_supervisor "$@") </dev/null >/dev/null 2>&1 3>&- &
    else
      rm -f "$mine".*
    fi
  fi
  follow "$@"
}

# The variable is the mark by which the command can be killed with all that it starts.
become_supervisor() {
  export DISPENSE_EXEC="$id"
  exec $detach sh -c "$DISPENSE_RUNNER" sh supervise "$id" "$input" "$mine" "$mask" "$@"
}

fail() {
  echo ".failed $(printf %s "$1" | base64 | tr -d '\n')"
  echo .end
  exit
}

# Sets "who" to what names the process $1 for ever, as a process id alone does not: proc(5).
identify() {
  who=
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  set -- "$1" ${stat##*) }
  [ "$2" != Z ] && who="$1 ${21}"
}

# Runs the command; lives as long as it does, and keeps nothing open that the command could.
supervise() {
  input=$2 mine=$3 mask=$4
  shift 4
  old=
  for name in "$@"; do old="$old $base/$name"; done
  identify $$
  echo "$who" >"$d/runner.new" && mv "$d/runner.new" "$d/runner"
  exec 5<"$mine.launch"
  if [ "$input" = file ]; then exec <"$mine.input"; fi
  rm -rf "$mine".* $old
  if [ "$input" = pieces ]; then
    feed 5<&- | run
  else
    run
  fi
}

run() {
  {
    {
      (umask "$mask" && exec $detach sh /dev/fd/5 >&3 2>&4 3>&- 4>&-)
      echo $? >"$d/code.new"
      exec 3>&- 4>&-
      mv "$d/code.new" "$d/code"
      sweep
    } 4>&1 >/dev/null | pump e 3>&- 5<&- >/dev/null
  } 3>&1 >/dev/null | pump o 5<&-
}

# Cuts an output into files. What a program that outlives the command writes goes nowhere.
pump() {
  n=0 blocks='bs=65536 count=16' most=16
  if [ -e "$d/files" ] && [ "$1" = o ]; then blocks='bs=1048576 count=8 iflag=fullblock' most=8; fi
  while dd $blocks of="$d/$1.$n" 2>/dev/null; do
    if [ ! -s "$d/$1.$n" ]; then
      : >"$d/$1.end"
      return
    fi
    n=$((n + 1))
    while [ -e "$d/$1.$((n - most))" ]; do nap 0.03; done
  done
  [ ! -d "$d" ] || : >"$d/full"
  exec cat >/dev/null
}

# Passes the input on, piece by piece. A piece is a file in.NUMBER.ATTEMPT.SIZE.REST, of which SIZE
# bytes belong to it; REST is "more", or "end" when nothing follows. What is cut off is shorter.
feed() {
  n=0 turns=0
  while [ ! -e "$d/code" ]; do
    for piece in "$d/in.$n".*; do
      rest=${piece##*.} size=${piece%.*}
      if [ -e "$piece" ] && [ "$(wc -c <"$piece")" -eq "${size##*.}" ]; then
        cat "$piece" || break 2
        rm -f "$d/in.$n".*
        n=$((n + 1)) turns=0
        echo "$n" >"$d/fed"
        [ "$rest" = more ] || return 0
        continue 2
      fi
    done
    turns=$((turns + 1))
    if [ "$turns" -lt 100 ]; then nap 0.02; else nap 0.2; fi
  done
  echo closed >"$d/fed"
}

# Removes what is left of commands that ended long ago and whose client is gone.
sweep() {
  find "$base" -mindepth 2 -maxdepth 2 -name asked -mmin +30 2>/dev/null | while read -r asked; do
    [ ! -e "${asked%/asked}/code" ] || rm -rf "${asked%/asked}"
  done
}

follow() {
  if ! { : >"$d/asked"; } 2>/dev/null && [ ! -d "$d" ]; then
    echo .gone
    echo .end
    exit
  fi
  limit=$6 files=
  [ ! -e "$d/files" ] || files=o
  received o "$1"
  received e "$3"
  await "$1" "$2" "$3" "$4" "$5"
  rest=
  if [ -n "$files" ]; then name "$1"; else send out o "$1" "$2"; fi
  send err e "$3" "$4"
  echo ".fed ${fed:-0}"
  [ ! -e "$d/full" ] || echo .full
  if [ -n "$over" ] && [ -z "$rest" ]; then
    read -r code <"$d/code"
    echo ".code $code"
  fi
  [ -z "$lost" ] || echo .lost
  echo .end
}

# Removes the files of an output that were received.
received() {
  n=$(($2 - 1)) old=
  while [ -e "$d/$1.$n" ]; do
    old="$old $d/$1.$n"
    n=$((n - 1))
  done
  [ -z "$old" ] || rm -f $old
}

# Waits for news, or for the end; sets "over", "lost" and "fed".
await() {
  turn=0 news=0 quiet=0 over='' lost=''
  read -r began _ </proc/uptime
  while :; do
    if [ -e "$d/code" ] && [ -e "$d/o.end" ] && [ -e "$d/e.end" ]; then
      over=yes
    fi
    fed=
    read -r fed 2>/dev/null <"$d/fed"
    [ -z "$over" ] || return 0
    read -r now _ </proc/uptime
    if has o "$1" "$2" || has e "$3" "$4" || is_news "${fed:-0}" "$5"; then
      # Of a command that is about to end, output and end are told in one answer.
      news=$((news + 1))
      [ "$news" -lt 4 ] && [ ! -e "$d/o.$(($1 + 2))" ] && [ ! -e "$d/e.$(($3 + 2))" ] || return 0
      nap 0.02
      continue
    elif [ -e "$d/code" ]; then
      # Something that the command has left behind holds an output open.
      quiet=$((quiet + 1))
      if [ "$quiet" -ge 50 ]; then
        over=yes
        return
      fi
      nap 0.02
      continue
    elif ! lives && [ ! -e "$d/code" ]; then
      lost=yes
      return 0
    elif [ $((${now%%.*} - ${began%%.*})) -ge "$limit" ]; then
      [ -e "$d/runner" ] || [ "$limit" = 0 ] || lost=yes
      return 0
    fi
    turn=$((turn + 1))
    if [ "$turn" -lt 8 ]; then
      nap 0.01
    elif [ "$turn" -lt 40 ]; then
      nap 0.03
    elif [ "$turn" -lt 80 ]; then
      nap 0.1
    else
      nap 0.25
    fi
  done
}

# Whether an output has more than was received.
has() {
  [ -e "$d/$1.$(($2 + 1))" ] || {
    [ "$1" != "$files" ] && [ -s "$d/$1.$2" ] && [ "$(wc -c <"$d/$1.$2")" -gt "$3" ]
  }
}

# Whether so much of the input was consumed that a client may wait for it that knows of $2 pieces.
is_news() {
  if [ "$1" = closed ]; then [ "$2" != closed ]; else [ "$1" -ge "$(($2 + 3))" ]; fi
}

# Whether the process lives that runs the command, or is just being started.
lives() {
  runner=
  read -r runner 2>/dev/null <"$d/runner" || return 0
  identify "${runner%% *}" && [ "$who" = "$runner" ]
}

# Tells what an output has from a position on; sets "rest" when there is more than is told.
send() {
  segment=$3 offset=$4 total=0 files=
  while [ -e "$d/$2.$segment" ]; do
    if [ "$total" -ge 2097152 ]; then
      rest=yes
      break
    fi
    whole=
    [ ! -e "$d/$2.$((segment + 1))" ] || whole=yes
    size=$(wc -c <"$d/$2.$segment")
    total=$((total + size - offset)) files="$files $d/$2.$segment" offset=$((size))
    [ -n "$whole" ] || break
    segment=$((segment + 1)) offset=0
  done
  echo ".$1 $segment $offset $total"
  [ "$total" = 0 ] || cat $files | tail -c "+$(($4 + 1))" | head -c "$total" | base64
}

# Tells the sizes of the files of the output that are whole, from a number on.
name() {
  segment=$1 sizes=
  while [ -e "$d/o.$((segment + 1))" ] || { [ -e "$d/o.end" ] && [ -s "$d/o.$segment" ]; }; do
    sizes="$sizes $(($(wc -c <"$d/o.$segment")))" segment=$((segment + 1))
  done
  echo ".files$sizes"
}

nap() {
  sleep "$1" 2>/dev/null || sleep 1
}

case $1 in
  poll)
    shift 2
    follow "$@"
    ;;
  *) "$@" ;;
esac
