# Has nginx read its configuration anew, and waits until the sandbox $1 is served by its generation $2.
# Connections that are open go on.
answer() {
  printf 'GET /generation HTTP/1.0\r\n\r\n' |
    socat -t 2 - "UNIX-CONNECT:/gateway/sandboxes/$1/sockets/model.sock" 2>/dev/null | tail -n 1
}

home=/opt/dispense/gateway
turn=0
until [ -s /tmp/nginx.pid ]; do
  turn=$((turn + 1))
  [ "$turn" -lt 500 ] || exit 2
  sleep 0.02
done
nginx -t -q -c "$home/nginx.conf" || exit 1
turn=0
until [ "$(answer "$1")" = "$2" ]; do
  # A reload that comes while another is under way is not lost, but nginx may not be there yet.
  [ $((turn % 25)) != 0 ] || kill -s HUP "$(cat /tmp/nginx.pid)" 2>/dev/null
  turn=$((turn + 1))
  [ "$turn" -lt 300 ] || exit 2
  sleep 0.02
done
