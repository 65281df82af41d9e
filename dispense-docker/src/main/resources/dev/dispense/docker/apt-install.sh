# Installs the packages "$@" with apt-get. APT_MIRROR, when set, is used instead of what stands before
# /debian in the addresses of the base image's own package sources.
set -eu

if [ -n "${APT_MIRROR:-}" ]; then
  find /etc/apt -name '*.list' -o -name '*.sources' | while read -r list; do
    sed -i "s#https\{0,1\}://[^ ]*/debian#$APT_MIRROR/debian#g" "$list"
  done
fi
echo "Installing $*"
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/*
