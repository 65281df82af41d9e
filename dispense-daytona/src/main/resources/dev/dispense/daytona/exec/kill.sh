# Ends the command $1 with all that it started, by the program in DISPENSE_KILL, and removes its files.
# What stays says that it has ended, so that a start which comes late does nothing. Exits with 0 when
# nothing is left of the command.
base=/tmp/dispense-exec
d=$base/$1
mkdir -p "$base" "$d"
if ! mkdir "$d/claimed" 2>/dev/null; then
  # Somebody is starting it.
  turn=0
  until [ -e "$d/runner" ] || [ "$turn" -ge 50 ]; do
    turn=$((turn + 1))
    sleep 0.02 2>/dev/null || sleep 1
  done
fi
sh -c "$DISPENSE_KILL" sh "DISPENSE_EXEC=$1"
code=$?
rm -f "$d"/[oef].* "$d"/in.* "/dev/shm/dispense-exec/$1".* "$base/$1".*
echo 137 >"$d/code"
: >"$d/asked"
exit "$code"
