# Installs the tools that every sandbox has, as far as the base image lacks them: a base that has them
# all needs no network.
set -eu

missing=
for tool in git:git rg:ripgrep curl:curl ps:procps less:less jq:jq ssh:openssh-client socat:socat; do
  command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"
done
ls /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/certs/ca-bundle.crt 2>/dev/null |
  grep -q . || missing="$missing ca-certificates"
# What scp, sftp and IDEs speak with, where somebody enters the sandbox by SSH.
ls /usr/lib/openssh/sftp-server /usr/lib/ssh/sftp-server /usr/libexec/openssh/sftp-server 2>/dev/null |
  grep -q . || missing="$missing openssh-sftp-server"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  if ! command -v git >/dev/null; then
    echo "The base image has neither git nor apt-get to install it with." >&2
    exit 1
  fi
  echo "The base image lacks$missing, and apt-get to install them with."
  exit 0
fi
# shellcheck disable=SC2086 # a list of words
sh "${0%/*}/apt-install.sh" $missing
