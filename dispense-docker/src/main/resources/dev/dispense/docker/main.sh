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

# The code is that of a failure: the engine starts what it stopped, because it was stopped itself,
# again, but what expired stays stopped.
stop() {
  trap '' TERM
  kill -s TERM -- -1 2>/dev/null
  while others; do
    sleep 0.1 2>/dev/null || sleep 1
  done
  exit 143
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

# Prints when the container's first process began, by which one life of the container is told from another.
life() {
  read -r stat </proc/1/stat
  stat=${stat##*) }
  # shellcheck disable=SC2086 # the fields of a line of numbers
  set -- $stat
  echo "${20}"
}

# Prints for how many seconds the sandbox runs on unless it is renewed.
seconds() {
  given=
  { read -r given </dispense/expires; } 2>/dev/null
  case "$given" in
    '' | *[!0-9]* | ??????????*) echo 2147483647 ;;
    *) echo "$given" ;;
  esac
}

# Ends all when the time is up: what pays no heed to being asked has ten seconds.
expire() {
  trap '' TERM USR1
  kill -s TERM -- -1 2>/dev/null
  tries=100
  while others && [ "$tries" -gt 0 ]; do
    sleep 0.1 2>/dev/null || sleep 1
    tries=$((tries - 1))
  done
  kill -s KILL -- -1 2>/dev/null
  exit 0
}

sleeper=
trap stop TERM
trap 'renewed=1; kill "$sleeper" 2>/dev/null' USR1
life >/dispense/main
for gateway in "$@"; do
  relay "$gateway" &
done
while :; do
  renewed=
  sleep "$(seconds)" &
  sleeper=$!
  # Who was renewed after the file was read, and before there was a sleep to end, looks again.
  [ -z "$renewed" ] && wait "$sleeper" && expire
  kill "$sleeper" 2>/dev/null
done
