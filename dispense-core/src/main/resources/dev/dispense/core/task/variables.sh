# How the program begins that processes.sh, answers.sh and supervisor.sh make up: it puts the
# variables of the sandbox aside, in "given", and forgets those that have the names of its own. A
# variable that came with the environment goes with it to all that is started; so would what is put
# into it here, and an agent's secret is among that.
#
# shellcheck shell=sh
set -- "$(export -p)" "$@"
unset agent at began boot by code descriptor detach dir entry file final given grace grown id identity \
  idle left line mark marked marker mask name now number offset quoted reason rest runner said \
  secret secrets self size started stat state tasks timeout tries up was watcher word
given=$1
shift
