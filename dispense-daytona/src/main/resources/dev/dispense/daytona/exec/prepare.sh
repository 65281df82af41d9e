# Makes the directories "$@" for the user that runs this, who may need sudo for it; the first is for
# this user's eyes alone.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

for directory in "$@"; do
  mkdir -p "$directory" 2>/dev/null || as_root mkdir -p "$directory" || exit 1
  [ -O "$directory" ] || as_root chown "$(id -u):$(id -g)" "$directory" || exit 1
done
chmod 700 "$1"
