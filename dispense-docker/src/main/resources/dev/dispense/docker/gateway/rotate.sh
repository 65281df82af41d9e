# Keeps the logs short: what is older than the last two pieces of 4 MiB is forgotten. Of what tasks have
# asked, the sums are kept; nginx opens these logs for each line.
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
    mv "$log" "$log.1"
    rotated=yes
  fi
done
[ -n "${rotated:-}" ] || exit 0
kill -s USR1 "$(cat /tmp/nginx.pid)"
kill -s USR1 "$(cat /tmp/squid.pid)"
