# Keeps the logs short: what is older than the last two pieces of 4 MiB is forgotten.
for log in /gateway/proxy.log /gateway/sandboxes/*/model.log; do
  if [ "$(wc -c <"$log" 2>/dev/null || echo 0)" -gt 4194304 ]; then
    mv "$log" "$log.1"
    rotated=yes
  fi
done
[ -n "${rotated:-}" ] || exit 0
kill -s USR1 "$(cat /tmp/nginx.pid)"
kill -s USR1 "$(cat /tmp/squid.pid)"
