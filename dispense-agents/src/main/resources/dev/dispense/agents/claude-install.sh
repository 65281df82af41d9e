# Installs one version of Claude Code from the npm registry into $DISPENSE_SOFTWARE/bin: one native
# program, without Node.js and without the scripts of a package.
#
# CLAUDE_VERSION      the version
# CLAUDE_INTEGRITY    "<platform>:<sha512 in base64>", as the registry publishes them, with commas
#                     between; what is not listed is checked against the registry's metadata
# npm_config_registry the registry, when it is not npm's own, nor the one that .npmrc names
set -eu

fail() {
  echo "Tried to install Claude Code $CLAUDE_VERSION but failed because $1" >&2
  exit 1
}

case $(uname -s) in
  Linux) ;;
  *) fail "it is installed on Linux only, and this is $(uname -s)." ;;
esac
case $(uname -m) in
  x86_64 | amd64) platform=linux-x64 glibc=/lib64/ld-linux-x86-64.so.2 musl=/lib/ld-musl-x86_64.so.1 ;;
  aarch64 | arm64) platform=linux-arm64 glibc=/lib/ld-linux-aarch64.so.1 musl=/lib/ld-musl-aarch64.so.1 ;;
  *) fail "there is no package for the processor $(uname -m): use an x86-64 or ARM64 image." ;;
esac
# Before some hundred megabytes come for nothing: the program finds its C library by these names.
if command -v ldd >/dev/null 2>&1 && ldd --version 2>&1 | grep -qi musl; then
  platform=$platform-musl
elif [ ! -e "$glibc" ]; then
  [ -e "$musl" ] ||
    fail "this image has neither glibc nor musl for the processor $(uname -m): use one that has, such as one of Debian's or Alpine's."
  platform=$platform-musl
fi

registry=${npm_config_registry:-$(sed -n 's/^registry=//p' "${HOME:-/}/.npmrc" 2>/dev/null || :)}
registry=${registry:-https://registry.npmjs.org}
registry=${registry%/}
# A registry's address may have a password in it, which no message must show.
shown_registry=$(printf '%s\n' "$registry" | sed 's#//[^/@]*@#//#')
package=@anthropic-ai/claude-code-$platform

mkdir -p "$DISPENSE_SOFTWARE/bin"
work=$(mktemp -d "$DISPENSE_SOFTWARE/.claude.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# fetch URL FILE
fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL --retry 2 --connect-timeout 30 --speed-limit 1000 --speed-time 60 -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    # GNU's wget does not know SSL_CERT_FILE, and BusyBox's not the option.
    if [ -n "${SSL_CERT_FILE:-}" ] && wget --version >/dev/null 2>&1; then
      wget -q -T 60 --ca-certificate="$SSL_CERT_FILE" -O "$2" "$1"
    else
      wget -q -T 60 -O "$2" "$1"
    fi
  elif command -v node >/dev/null 2>&1; then
    node -e '
      const [url, file] = process.argv.slice(1);
      fetch(url).then(async (answer) => {
        if (!answer.ok) throw new Error("HTTP " + answer.status);
        const { Readable } = require("stream");
        const { pipeline } = require("stream/promises");
        await pipeline(Readable.fromWeb(answer.body), require("fs").createWriteStream(file));
      }).catch((e) => { console.error(e.message, e.cause ? e.cause.message : ""); process.exit(1); });
    ' "$1" "$2"
  else
    fail "the image has none of curl, wget and node to download with: add one of them, or $package itself, to the image."
  fi
}

wanted=$(printf '%s\n' "${CLAUDE_INTEGRITY:-}" | tr ',' '\n' | sed -n "s/^$platform://p")
if [ -z "$wanted" ]; then
  fetch "$registry/@anthropic-ai%2fclaude-code-$platform/$CLAUDE_VERSION" "$work/metadata" ||
    fail "$shown_registry has no answer for the package $package $CLAUDE_VERSION (see above): check the version (2.1.113 is the first), the network, the proxy, the certificate authorities and npm_config_registry."
  wanted=$(tr ',{}' '\n\n\n' <"$work/metadata" |
    sed -n 's/^ *"integrity" *: *"sha512-\([A-Za-z0-9+/=]*\)".*/\1/p' | head -n 1)
  [ -n "$wanted" ] ||
    fail "$shown_registry says no sha512 integrity for $package $CLAUDE_VERSION: use another version or registry."
  echo "The integrity of version $CLAUDE_VERSION comes from $shown_registry; it is not one that Dispense knows."
fi

echo "Downloading $package $CLAUDE_VERSION from $shown_registry"
fetch "$registry/$package/-/claude-code-$platform-$CLAUDE_VERSION.tgz" "$work/package.tgz" ||
  fail "$package $CLAUDE_VERSION could not be downloaded from $shown_registry (see above): check the network, the proxy, the certificate authorities, the disk space and npm_config_registry, or use an image that has claude."

wanted_hex=$(printf '%s' "$wanted" | base64 -d | od -An -v -tx1 | tr -d ' \n')
found_hex=$(sha512sum <"$work/package.tgz" | cut -d ' ' -f 1)
[ "$found_hex" = "$wanted_hex" ] ||
  fail "the sha512 of $package $CLAUDE_VERSION from $shown_registry is $found_hex and must be $wanted_hex: the download is damaged or not what was published. Try again, or set npm_config_registry to another registry."

echo "Unpacking"
tar -xzof "$work/package.tgz" -C "$work" package/claude ||
  fail "the package has no program package/claude (see above), or the disk is full."
chmod 755 "$work/package/claude"
installed=$("$work/package/claude" --version) ||
  fail "the program does not run in this image (see above): it needs glibc 2.28 or musl."
mv -f "$work/package/claude" "$DISPENSE_SOFTWARE/bin/claude"
echo "Installed $installed"
