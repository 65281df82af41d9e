# Keeps the logs short: what is older than the last two pieces of 4 MiB is forgotten. Of hosts, and of what
# tasks have asked, the sums are kept; nginx opens the logs of tasks for each line.

# Adds up lines of Squid's that differ in time and size alone; the last field is how many there were. A
# sandbox cannot push out what it has reached: beyond 1000 names, those that were refused are forgotten,
# and those that were reached are one.
add_up() {
  awk 'NF >= 11 {
    key = $2 " " $3 " " $4 " " $5 " " $6 " " $7 " " $8 " " $9
    reached = $3 == 3128 && $9 !~ /^TCP_DENIED/
    if (!(key in count) && ++names[$2 " " $3 " " reached] > 1000) {
      if (!reached) next
      key = $2 " " $3 " - others 0 - - -"
    }
    count[key] += NF == 12 ? $12 : 1; came[key] += $10; went[key] += $11; last[key] = $1
  }
  END {
    for (key in count) printf "%s %s %.0f %.0f %.0f\n", last[key], key, came[key], went[key], count[key]
  }'
}

for log in /gateway/sandboxes/*/task-*.log; do
  stem=${log%.log}
  if [ "$(wc -c <"$log" 2>/dev/null || echo 0)" -gt 4194304 ] && [ ! -e "$stem.old" ]; then
    mv "$log" "$stem.old"
    sleep 1 # for a line that is just being written
  fi
  [ -e "$stem.old" ] || continue
  cat "$stem.sum" "$stem.old" 2>/dev/null |
    awk '{ a += $1; b += $2; c += $3 } END { printf "%.0f %.0f %.0f\n", a, b, c }' >"$stem.new" &&
    mv "$stem.new" "$stem.sum" && rm "$stem.old"
done
for log in /gateway/proxy.log /gateway/sandboxes/*/model.log; do
  if [ "$(wc -c <"$log" 2>/dev/null || echo 0)" -gt 4194304 ]; then
    if [ "$log" = /gateway/proxy.log ] && [ -e "$log.1" ]; then
      cat "$log.sum" "$log.1" 2>/dev/null | add_up >"$log.new" && mv "$log.new" "$log.sum"
    fi
    mv "$log" "$log.1"
    rotated=yes
  fi
done
[ -n "${rotated:-}" ] || exit 0
kill -s USR1 "$(cat /tmp/nginx.pid)"
kill -s USR1 "$(cat /tmp/squid.pid)"
