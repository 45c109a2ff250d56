# What ./run and ./test share. Sourced from the project's folder.

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/skein-target}"
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false

started=$SECONDS
step() { printf '\n== %s (%d:%02d)\n' "$1" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }

need() { command -v "$1" >/dev/null || { echo "This needs $2 ($1 was not found)." >&2; exit 1; }; }

# Installs the packages of a folder when its lock file is not the one last installed.
install_packages() {
  local stamp="$1/node_modules/.installed"
  [ -f "$stamp" ] && cmp -s "$1/package-lock.json" "$stamp" && return
  (cd "$1" && npm ci --no-progress)
  cp "$1/package-lock.json" "$stamp"
}

# Builds the client into web/dist when a source of it is newer than the last build.
build_client() {
  install_packages web
  install_packages web/tools/openapi
  local stamp=web/dist/.built
  if [ -f "$stamp" ] && [ -z "$(find web docs/openapi.json -newer "$stamp" -type f \
      -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -name api.gen.ts -print -quit)" ]; then
    echo "up to date"
    return
  fi
  (cd web && npm run --silent generate && npm run --silent build)
  touch "$stamp"
}
