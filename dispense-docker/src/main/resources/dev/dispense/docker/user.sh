# Makes the user of the sandbox, with the numbers in SANDBOX_UID and SANDBOX_GID, whatever the base
# image calls the user who has them; root stays root.
set -eu

if [ "$SANDBOX_UID" != 0 ]; then
  shell=$(command -v bash || echo /bin/sh)
  sed -i -e '/^agent:/d' -e "/^[^:]*:[^:]*:$SANDBOX_UID:/d" /etc/passwd
  echo "agent:x:$SANDBOX_UID:$SANDBOX_GID:agent:/home/agent:$shell" >>/etc/passwd
fi
grep -q "^[^:]*:[^:]*:$SANDBOX_GID:" /etc/group || echo "agent:x:$SANDBOX_GID:" >>/etc/group
mkdir -p /home/agent /workspace /dispense
chown "$SANDBOX_UID:$SANDBOX_GID" /home/agent /workspace /dispense
