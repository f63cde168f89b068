# Sourced by the scripts beside it: where this station lives and as whom it runs.
#   AIRTIGHT_VAR   data folder          AIRTIGHT_RUN   sockets (short: a socket's path ends at 107 bytes)
#   AIRTIGHT_USER  who runs everything  AIRTIGHT_HOME  the checkout

say() { printf '%s\n' "$*"; }
die() { printf 'airtight: %s\n' "$*" >&2; exit 1; }

AIRTIGHT_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
if [ "$(id -u)" = 0 ]; then
  AIRTIGHT_USER=airtight
  AIRTIGHT_VAR=$(realpath -m "${AIRTIGHT_VAR:-/var/lib/airtight}")
  run_base=/run
else
  AIRTIGHT_USER=$(id -un)
  AIRTIGHT_VAR=$(realpath -m "${AIRTIGHT_VAR:-$AIRTIGHT_HOME/var}")
  run_base=${XDG_RUNTIME_DIR:-/tmp}
fi
if [ "$AIRTIGHT_VAR" = /var/lib/airtight ]; then
  AIRTIGHT_RUN=$run_base/airtight
else
  AIRTIGHT_RUN=$run_base/airtight-$(id -u)-$(printf %s "$AIRTIGHT_VAR" | cksum | cut -d' ' -f1)
fi
export AIRTIGHT_HOME AIRTIGHT_VAR AIRTIGHT_RUN AIRTIGHT_USER

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "needs root for: $* — install sudo, or run it as root once."
  fi
}

# Run as the station's user, with its own HOME and without what the caller's shell happens to hold open.
as_station() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid "$AIRTIGHT_USER" --regid "$AIRTIGHT_USER" --init-groups \
      env HOME="$AIRTIGHT_VAR" USER="$AIRTIGHT_USER" LOGNAME="$AIRTIGHT_USER" "$@"
  else
    "$@"
  fi
}

# The station's own commands, from the deployed copy.
station() {
  (cd "$AIRTIGHT_VAR/app" && as_station "$AIRTIGHT_VAR/venv/bin/python" -m native "$@")
}

# The station as a unit of systemd (make install-service): the system's as root, one's own otherwise.
unit_name() { if [ "${AIRTIGHT_RUN##*/}" = airtight ]; then echo airtight.service; else echo "${AIRTIGHT_RUN##*/}.service"; fi; }
unit_folder() { if [ "$(id -u)" = 0 ]; then echo /etc/systemd/system; else echo "${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"; fi; }
unit_control() { if [ "$(id -u)" = 0 ]; then systemctl "$@"; else systemctl --user "$@"; fi; }
unit_manager_runs() { [ -d /run/systemd/system ] && unit_control show-environment >/dev/null 2>&1; }
unit_is_installed() { [ -e "$(unit_folder)/$(unit_name)" ] && unit_manager_runs; }
