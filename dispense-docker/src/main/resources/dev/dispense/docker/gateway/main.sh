# Runs nginx, which listens on the sockets of the sandboxes, and Squid, which lets the hosts through that
# a sandbox may reach. When one of them ends, so does this, and the engine starts the container again.
home=/opt/dispense/gateway

# Of the gateway before this one; nginx does not replace a socket.
rm -f /gateway/sandboxes/*/sockets/*.sock /tmp/tls.sock
cat /etc/ssl/certs/ca-certificates.crt >/tmp/authorities.pem
[ ! -e /gateway/authorities.pem ] || cat /gateway/authorities.pem >>/tmp/authorities.pem
# The way out, with a password maybe: that of this machine, unless it is another proxy.
if [ -e /gateway/exit.conf ]; then
  ln -sf /gateway/exit.conf /tmp/exit.conf
else
  printf '%s\n' 'always_direct allow second' 'acl known dst all' >/tmp/exit.conf
fi
# Squid wants a certificate where it looks at the first message of TLS; it never shows it to anybody.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=gateway \
  -keyout /tmp/unused.key -out /tmp/unused.pem 2>/dev/null

trap 'exit 1' USR1
trap 'trap "" TERM; kill -s TERM 0; exit 0' TERM
run() {
  "$@"
  kill -s USR1 $$
}
# Squid passes no tunnel on before it has tried its own second port, which it does when it is asked first.
ask_squid() {
  turn=0
  until printf 'CONNECT ready.invalid:443 HTTP/1.1\r\n\r\n' |
    socat -t 1 - TCP:127.0.0.1:3128,bind=127.1.255.255 2>/dev/null | grep -q '^HTTP/1.1 200 '; do
    turn=$((turn + 1))
    [ "$turn" -lt 100 ] || break
    sleep 0.05
  done
  : >/tmp/ready
}

ask_squid &
sh "$home/exits.sh" &
run nginx -c "$home/nginx.conf" &
run squid -N -f "$home/squid.conf" &
run socat -T 10 UNIX-LISTEN:/tmp/limit.sock,unlink-early,fork,max-children=1,backlog=1024 "EXEC:sh $home/limit.sh" &
while :; do
  sleep 60 &
  wait $!
  sh "$home/rotate.sh"
done
