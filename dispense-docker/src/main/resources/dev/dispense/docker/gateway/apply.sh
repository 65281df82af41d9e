# Has nginx read its configuration anew, and waits until the sandbox $1 is served by its generation $2 and
# by no earlier one. Connections that are open go on.
answer() {
  printf 'GET /generation HTTP/1.0\r\n\r\n' |
    socat -t 2 - "UNIX-CONNECT:/gateway/sandboxes/$1/sockets/model.sock" 2>/dev/null | tail -n 1
}

# Prints the workers of the process $1 that take new connections.
workers() {
  for directory in /proc/[0-9]*; do
    { read -r pid _ _ parent _ <"$directory/stat"; } 2>/dev/null || continue
    [ "$parent" = "$1" ] || continue
    tr '\0' ' ' <"$directory/cmdline" 2>/dev/null | grep -q 'shutting down' || echo "$pid"
  done
}

# Whether one of the processes "$@" still takes connections.
any_left() {
  now=" $(workers "$master" | tr '\n' ' ')"
  for worker in "$@"; do
    case $now in *" $worker "*) return 0 ;; esac
  done
  return 1
}

home=/opt/dispense/gateway
turn=0
until [ -s /tmp/nginx.pid ] && [ -e /tmp/ready ]; do
  turn=$((turn + 1))
  [ "$turn" -lt 1000 ] || exit 2
  sleep 0.02
done
sh "$home/exits.sh"
nginx -t -q -c "$home/nginx.conf" || exit 1

read -r master </tmp/nginx.pid
# The sockets of a sandbox that is new have been no worker's yet.
old=
[ "$2" = new ] || old=$(workers "$master")
turn=0
# shellcheck disable=SC2086 # numbers
until [ "$(answer "$1")" = "$2" ] && ! any_left $old; do
  # A reload that comes while another is under way is not lost, but nginx may not be there yet.
  [ $((turn % 25)) != 0 ] || kill -s HUP "$master" 2>/dev/null
  turn=$((turn + 1))
  [ "$turn" -lt 300 ] || exit 2
  sleep 0.02
done
