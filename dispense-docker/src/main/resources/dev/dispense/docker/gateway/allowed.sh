# Answers Squid, line by line, whether the sandbox of an address (127.1.X.Y is the sandbox X * 256 + Y)
# may reach a host at a port. The file "allow" of a sandbox has a line for each host: a name, or one
# with a dot before it for all names that end with it, and after a blank the port, or "web" for 80 and 443.

# Sets "answer" for the host $1 and the port $2 by the file $3.
look_up() {
  answer=ERR
  while read -r entry ports; do
    case $ports in
      web) [ "$2" = 443 ] || [ "$2" = 80 ] || continue ;;
      *) [ "$2" = "$ports" ] || continue ;;
    esac
    case $entry in
      .*) case ".$1" in *"$entry") answer=OK ;; esac ;;
      *) [ "$1" != "$entry" ] || answer=OK ;;
    esac
  done <"$3"
}

while read -r source host port _; do
  answer=ERR
  number=${source#127.1.}
  file=/gateway/sandboxes/$((${number%%.*} * 256 + ${number##*.}))/allow
  [ ! -r "$file" ] || look_up "${host%.}" "$port" "$file"
  echo "$answer"
done
