# Answers nginx whether a task that has a limit may ask its model once more; run for each request, one at
# a time. The task T of a sandbox has a file "task-T.limit" there: how many requests and how many bytes,
# "-" for any number. Each request that may go on adds a byte to "task-T.count"; lines with the sizes of
# those that have ended are in "task-T.log", and the sums of earlier ones in "task-T.sum" and ".old".
refuse() {
  printf 'HTTP/1.0 403 Forbidden\r\nX-Refusal: %s\r\n\r\n' "$1"
  exit 0
}

task=
end=$(printf '\r')
while IFS= read -r line; do
  line=${line%"$end"}
  case $line in
    '') break ;;
    'X-Task: '*) task=${line#*: } ;;
  esac
done
place=/gateway/sandboxes/${task%% *}/task-${task#* }
read -r requests bytes <"$place.limit" || refuse 'The limit of this task cannot be read.'

count=0
[ ! -e "$place.count" ] || count=$(wc -c <"$place.count")
[ "$requests" = - ] || [ "$count" -lt "$requests" ] ||
  refuse "This task has reached its limit of $requests requests to the model."
if [ "$bytes" != - ]; then
  sum=$(cat "$place.sum" "$place.old" "$place.log" 2>/dev/null |
    awk '{ sum += $2 + $3 } END { printf "%.0f", sum }')
  [ "$sum" -lt "$bytes" ] ||
    refuse "This task has reached its limit of $bytes bytes to and from the model."
fi
[ "$requests" = - ] || printf . >>"$place.count" || refuse 'Requests of this task cannot be counted.'
printf 'HTTP/1.0 204 No Content\r\n\r\n'
