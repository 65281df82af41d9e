# Writes what the agent did to standard output: a line "dispense-result 1 <head> <work>", and after
# it, unless the host has all of it, a git bundle of refs/dispense/head and refs/dispense/work
# without the history of the base. Needs a POSIX shell and git.
#
#   sh result.sh <git directory> <workspace> <directory for temporary files> <base> <branch> <alternates>
#
# All is done in a git directory of its own that borrows the agent's objects, so that the agent's
# refs, index and HEAD stay as they are, and that what it broke in its own matters little. What
# cannot be read is passed over as long as something can.
set -u
umask 077
own=$1 workspace=$2 temporary=$3 base=$4 branch=$5 alternates=$6

# The error output, also where that of a part goes elsewhere.
exec 3>&2

fail() {
  printf '%s\n' "$2" >&3
  exit "$1"
}

command -v git >/dev/null 2>&1 || fail 90 'the sandbox has no git'
cd "$workspace" || fail 91 'the workspace is gone'
scratch=$(mktemp -d "$temporary/.result.XXXXXX" 2>/dev/null) || scratch=$(mktemp -d) ||
  fail 91 'no temporary directory can be made'
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP INT PIPE TERM

# The shell calls all that goes wrong with writing an I/O error, while cat says what it is.
echo | cat >"$scratch/room" || fail 91 'the disk of the sandbox has no room for temporary files'

# A mounted directory that somebody removed outside can be entered, but git cannot work in it. That
# its files are gone is nothing that the agent did; what it had staged is there.
removed=
if [ -z "$(pwd -P 2>/dev/null)" ]; then
  removed=yes
  workspace=$scratch/removed
  mkdir "$workspace" || fail 91 'the workspace is gone'
  cd "$workspace" || fail 91 'the workspace is gone'
fi

LC_ALL=C
export LC_ALL
unset GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS \
  GIT_NAMESPACE GIT_OBJECT_DIRECTORY
git config --list >/dev/null 2>&1 || export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_DIR="$scratch/git" GIT_WORK_TREE="$workspace" GIT_INDEX_FILE="$scratch/index"
export GIT_AUTHOR_NAME=Dispense GIT_AUTHOR_EMAIL=dispense@localhost
export GIT_COMMITTER_NAME=Dispense GIT_COMMITTER_EMAIL=dispense@localhost

g() {
  git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.untrackedCache=false \
    -c core.splitIndex=false -c core.safecrlf=false -c submodule.recurse=false -c gc.auto=0 \
    -c maintenance.auto=false -c advice.addEmbeddedRepo=false "$@"
}

make_git_directory() {
  mkdir -p "$GIT_DIR/objects/info" "$GIT_DIR/objects/pack" "$GIT_DIR/refs" "$GIT_DIR/info" || return
  printf 'ref: refs/heads/none\n' >"$GIT_DIR/HEAD"
  printf '%s' "$alternates" >"$GIT_DIR/objects/info/alternates"
  for file in config config.worktree shallow info/exclude info/attributes info/sparse-checkout; do
    [ ! -f "$own/$file" ] || cp "$own/$file" "$GIT_DIR/$file"
  done
  for file in "$own"/sharedindex.*; do
    [ ! -f "$file" ] || cp "$file" "$GIT_DIR/"
  done
} 2>/dev/null

write_plain_configuration() {
  rm -f "$GIT_DIR/config.worktree"
  format=sha1
  [ "${#base}" -eq 40 ] || format=sha256
  version=0
  [ "$format" = sha1 ] || version=1
  printf '[core]\n\trepositoryFormatVersion = %s\n' "$version" >"$GIT_DIR/config"
  [ "$format" = sha1 ] || printf '[extensions]\n\tobjectFormat = %s\n' "$format" >>"$GIT_DIR/config"
}

# Whether all objects of a commit are there. What a commit has in common with its parents is theirs,
# and so on back to the base, so only the differences are looked at: the base may be large.
complete() {
  g rev-list "$1" "^$base" -- >"$scratch/commits" &&
    g diff-tree --stdin -r -m --root --raw --no-abbrev --no-renames --no-commit-id --diff-filter=d \
      <"$scratch/commits" >"$scratch/differences" &&
    sed -e '/^:[0-7]* 160000 /d' -e 's/^:[0-7]* [0-7]* [0-9a-f]* \([0-9a-f]*\) .*/\1/' \
      <"$scratch/differences" >"$scratch/objects" &&
    g cat-file --batch-check <"$scratch/objects" >"$scratch/found" &&
    ! grep -q ' missing$' "$scratch/found"
} 2>/dev/null

# What may be the last commit, best first: HEAD; where git cannot read it, what its file says; where
# it names a branch without a commit, the branch that the sandbox started on; else the base.
heads() {
  (unset GIT_INDEX_FILE; GIT_DIR=$own git rev-parse --verify --quiet 'HEAD^{commit}')
  [ ! -f "$own/HEAD" ] || sed -n '/^[0-9a-f]\{40,64\}$/p' "$own/HEAD"
  [ ! -f "$own/refs/heads/$branch" ] || sed -n '/^[0-9a-f]\{40,64\}$/p' "$own/refs/heads/$branch"
  [ ! -f "$own/packed-refs" ] ||
    sed -n "s|^\([0-9a-f]*\) refs/heads/$branch\$|\1|p" "$own/packed-refs"
  printf '%s\n' "$base"
} 2>/dev/null

is_submodule() {
  g config --file .gitmodules --get-regexp '^submodule\..*\.path$' 2>/dev/null |
    sed 's/^[^ ]* //' | grep -Fqx -e "$1"
}

# Whether the directory is a worktree that the agent made of its own repository.
is_own_worktree() {
  [ -f "$1/.git" ] && grep -Fq -e "gitdir: $own/worktrees/" "$1/.git"
}

# Git records a repository inside of the repository as the id of a commit that nobody else has. Its
# files are what is wanted.
take_files_of_repository() {
  ! g check-ignore --quiet -- "./$1" && ! is_submodule "$1" || return 0
  g rm -r --cached --quiet --force --ignore-unmatch -- ":(literal)$1"
  ! is_own_worktree "$1" || return 0
  rm -f "$scratch/inner"
  tree=$(
    cd "$1" || exit
    export GIT_WORK_TREE="$workspace/$1" GIT_INDEX_FILE="$scratch/inner"
    add_files
    g write-tree
  ) || { [ "$?" -ne 91 ] || exit 91; return; }
  g read-tree --prefix="$1/" "$tree"
}

# Adds all files of the directory to the index. What cannot be read is passed over, but not what there
# was no room for: it would be lost.
add_files() {
  status=0
  errors=$(g add --all --ignore-errors . 2>&1 >/dev/null) || status=$?
  case $errors in
    *'insert into database'* | *'No space left'* | *'quota exceeded'*)
      fail 91 'the disk of the sandbox has no room for what the agent left uncommitted'
      ;;
  esac
  printf '%s\n' "$errors" >>"$scratch/errors" && [ "$status" -lt 128 ]
}

add_all() {
  newline='
'
  # At the same time, as each looks at every file. Sorted, a repository comes before those in it.
  find . -name .git -prune ! -path "*$newline*" -print 2>/dev/null |
    sed -e '/^\.\/\.git$/d' -e 's|^\./||' -e 's|/\.git$||' | sort >"$scratch/repositories" &
  added=0
  add_files || added=$?
  wait "$!"
  [ "$added" -eq 0 ] || return
  while IFS= read -r inner; do
    take_files_of_repository "$inner"
  done 2>>"$scratch/errors" <"$scratch/repositories"
}

message() {
  printf 'Uncommitted changes\n'
  unreadable=$(sed -n 's/^error: open("\(.*\)"): .*/\1/p' "$scratch/errors" | head -n 100)
  [ -z "$unreadable" ] || printf '\nLeft out, because it could not be read:\n%s\n' "$unreadable"
}

# Makes $work from $head, the files, and the agent's index; without one, the index of the head.
make_work() {
  rm -f "$GIT_INDEX_FILE"
  if [ "$1" = agent ]; then
    # With its time: git takes a file that is newer than the index for one that may have changed.
    [ -f "$own/index" ] && cp -p "$own/index" "$GIT_INDEX_FILE" || return
    g ls-files -- .git >/dev/null 2>&1 || return
  else
    g read-tree "$head" 2>/dev/null || return
  fi
  : >"$scratch/errors"
  [ -n "$removed" ] || add_all || return
  tree=$(g write-tree 2>/dev/null) || return
  work=$head
  if [ "$tree" != "$(g rev-parse --verify --quiet "$head^{tree}")" ]; then
    # With the time of the head, so that the same work is the same commit each time.
    time=$(g show --no-patch --format=%ct "$head") || return
    export GIT_AUTHOR_DATE="$time +0000" GIT_COMMITTER_DATE="$time +0000"
    work=$(message | g commit-tree "$tree" -p "$head") || return
    complete "$work"
  fi
}

make_git_directory
if ! g cat-file -e "$base^{commit}" 2>/dev/null; then
  write_plain_configuration
  g cat-file -e "$base^{commit}" || fail 92 'the commit that the agent started from is gone'
fi

for head in $(heads); do
  complete "$head" || continue
  for index in agent none; do
    ! make_work "$index" || break 2
  done
  head=
done
[ -n "$head" ] || fail 92 'the repository in the sandbox is damaged beyond repair'

printf 'create %s\n' "refs/dispense/head $head" "refs/dispense/work $work" |
  g update-ref --stdin || exit 92
printf 'dispense-result 1 %s %s\n' "$head" "$work"
[ -z "$(g rev-list --max-count=1 "$head" "$work" "^$base" --)" ] ||
  g bundle create - refs/dispense/head refs/dispense/work "^$base" || exit 93
