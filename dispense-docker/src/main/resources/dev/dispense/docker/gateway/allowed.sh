# Answers Squid, line by line, whether the sandbox of an address (127.1.X.Y is the sandbox X * 256 + Y)
# may reach a host at a port; with "inside" after these, whether also when it is in a private network.
# The file "allow" of a sandbox has a line for each host: a name, or one with a dot before it for all
# names that end with it; then the port, or "web" for 80 and 443; and "inside" where that is meant.

# Sets "answer" for the host $1, the port $2 and the place $3 by the file $4.
look_up() {
  answer=ERR
  while read -r entry ports place; do
    case $ports in
      web) [ "$2" = 443 ] || [ "$2" = 80 ] || continue ;;
      *) [ "$2" = "$ports" ] || continue ;;
    esac
    [ "$3" != inside ] || [ "$place" = inside ] || continue
    case $entry in
      .*) case ".$1" in *"$entry") answer=OK ;; esac ;;
      *) [ "$1" != "$entry" ] || answer=OK ;;
    esac
  done <"$4"
}

while read -r source host port place _; do
  answer=ERR
  number=${source#127.1.}
  file=/gateway/sandboxes/$((${number%%.*} * 256 + ${number##*.}))/allow
  # The name in TLS is as the client has written it.
  case $host in *[A-Z]*) host=$(printf '%s' "$host" | tr '[:upper:]' '[:lower:]') ;; esac
  [ ! -r "$file" ] || look_up "${host%.}" "$port" "${place:-}" "$file"
  echo "$answer"
done
