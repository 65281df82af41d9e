# Lets main.sh end the sandbox "$1" seconds from now, and so long after each start.
# Whatever the sandbox has put there, a pipe that nobody reads for example, is not written to.
rm -rf /dispense/expires.new
printf '%s\n' "$1" >/dispense/expires.new && mv -f /dispense/expires.new /dispense/expires || exit 1

# When main.sh has only just begun it reads the file by itself, and a signal would be its end.
read -r stat </proc/1/stat
stat=${stat##*) }
# shellcheck disable=SC2086 # the fields of a line of numbers
set -- $stat
life=
[ ! -f /dispense/main ] || read -r life </dispense/main
[ "$life" != "${20}" ] || kill -s USR1 1
