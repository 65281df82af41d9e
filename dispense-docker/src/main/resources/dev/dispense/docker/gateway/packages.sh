# Installs what the gateway consists of, as far as the base image lacks it.
set -eu

missing=
for tool in nginx:nginx-light squid:squid-openssl socat:socat openssl:openssl; do
  command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"
done
[ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || missing="$missing libnginx-mod-stream"
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "The base image lacks$missing, and apt-get to install them with." >&2
  exit 1
fi
# shellcheck disable=SC2086 # a list of words
sh "${0%/*}/apt-install.sh" $missing
