# Where the way out is another proxy, which nginx cannot ask: leads a socket to each server that a route
# has, through the port of Squid that is for nothing else. A sandbox has a file for each such server.

# Leads the socket $1 to the server $2.
lead() {
  while :; do
    socat "UNIX-LISTEN:/tmp/exits/$1/socket,fork,unlink-early" "PROXY:127.0.0.1:$2,proxyport=3130"
    sleep 1
  done </dev/null >/dev/null 2>&1
}

mkdir -p /tmp/exits
for file in /gateway/sandboxes/*/exit-*; do
  [ -r "$file" ] || continue
  name=${file##*/exit-}
  read -r server <"$file"
  # Whoever makes the directory is the one who leads it there.
  ! mkdir "/tmp/exits/$name" 2>/dev/null || lead "$name" "$server" &
  turn=0
  until [ -S "/tmp/exits/$name/socket" ] || [ "$turn" = 250 ]; do
    turn=$((turn + 1))
    sleep 0.02
  done
done
