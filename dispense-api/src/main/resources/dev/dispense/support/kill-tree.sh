# Ends all processes that have "$1" in their environment, and their descendants, by TERM and after
# two seconds by KILL. Exits with 0 when none is left. Needs a POSIX shell, /proc, and sleep, grep or
# tr of coreutils or busybox.

if printf 'a\0' | grep -qzxF a 2>/dev/null; then
  marked() {
    grep -lszxF -- "$1" /proc/[0-9]*/environ 2>/dev/null
  }
else
  marked() {
    for environ in /proc/[0-9]*/environ; do
      tr '\0' '\n' <"$environ" 2>/dev/null | grep -qxF -- "$1" && echo "$environ"
    done
  }
fi

# Adds to $found the processes whose parent is in it, until there are no more. A process can empty
# its environment, so the mark alone does not find all of them.
with_descendants() {
  more=yes
  while [ -n "$more" ]; do
    more=
    for directory in /proc/[0-9]*; do
      pid=${directory#/proc/}
      case " $found " in *" $pid "*) continue ;; esac
      { read -r stat <"$directory/stat"; } 2>/dev/null || continue
      stat=${stat##*) }
      state=${stat%% *}
      [ "$state" = Z ] && continue
      parent=${stat#* }
      parent=${parent%% *}
      case " $found " in *" $parent "*) found="$found $pid" more=yes ;; esac
    done
  done
}

find_tree() {
  found=
  for environ in $(marked "$1"); do
    pid=${environ#/proc/}
    found="$found ${pid%/environ}"
  done
  [ -n "$found" ] || return 1
  with_descendants
}

# What was found once stays a target: a child whose parent has ended is no one's descendant.
targets=
signal() {
  for pid in $found; do
    case " $targets " in *" $pid "*) ;; *) targets="$targets $pid" ;; esac
  done
  for pid in $targets; do
    kill -s "$1" "$pid" 2>/dev/null
  done
}

alive() {
  for pid in $targets; do
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    stat=${stat##*) }
    [ "${stat%% *}" = Z ] || return 0
  done
  return 1
}

find_tree "$1" || exit 0
signal TERM
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  alive || break
  sleep 0.1 2>/dev/null || sleep 1
done
for turn in 1 2 3 4 5 6 7 8 9 10; do
  find_tree "$1" || alive || exit 0
  signal KILL
  alive || continue
  sleep 0.1 2>/dev/null || sleep 1
done
exit 1
