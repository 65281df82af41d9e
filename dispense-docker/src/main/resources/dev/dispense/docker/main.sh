# What a sandbox runs while nothing else runs in it. The engine tells only this process to stop, so
# it passes TERM on to all others and stays until they have ended, or until the engine's patience has.

others() {
  for directory in /proc/[0-9]*; do
    pid=${directory#/proc/}
    case "$pid" in 1 | $$) continue ;; esac
    { read -r stat <"$directory/stat"; } 2>/dev/null || continue
    stat=${stat##*) }
    [ "${stat%% *}" = Z ] || return 0
  done
  return 1
}

stop() {
  trap '' TERM
  kill -s TERM -- -1 2>/dev/null
  while others; do
    sleep 0.1 2>/dev/null || sleep 1
  done
  exit 0
}

# Leads the connections of a port of the loopback to a socket: "$1" is PORT=SOCKET.
relay() {
  port=${1%%=*} socket=${1#*=}
  while :; do
    if command -v socat >/dev/null; then
      socat "TCP-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr,backlog=256" "UNIX-CONNECT:$socket"
    else
      perl -e "$relay_perl" "$port" "$socket"
    fi
    sleep 1
  done >/dev/null 2>&1
}

relay_perl='
use strict; use IO::Socket::INET; use IO::Socket::UNIX;
my ($port, $socket) = @ARGV; $SIG{CHLD} = "IGNORE";
my $server = IO::Socket::INET->new(Listen => 256, ReuseAddr => 1, LocalAddr => "127.0.0.1",
  LocalPort => $port) or exit 1;
while (my $client = $server->accept) {
  if (fork) { close $client; next }
  my $peer = IO::Socket::UNIX->new(Peer => $socket) or exit 1;
  my %other = ($client => $peer, $peer => $client); my @open = ($client, $peer); my $buffer;
  while (@open) {
    my $bits = ""; vec($bits, fileno($_), 1) = 1 for @open;
    select($bits, undef, undef, undef) > 0 or next;
    for my $from (grep { vec($bits, fileno($_), 1) } @open) {
      my $to = $other{$from};
      if (sysread($from, $buffer, 65536)) {
        while (length $buffer) { my $n = syswrite($to, $buffer) or exit 1; substr($buffer, 0, $n) = "" }
      } else { shutdown($to, 1); @open = grep { $_ != $from } @open }
    }
  }
  exit 0;
}'

trap stop TERM
for gateway in "$@"; do
  relay "$gateway" &
done
while :; do
  sleep 2147483647 &
  wait $!
done
