#!/bin/sh
# Copies a storage folder into a new one, while a server uses it or not.
#   backup.sh STORAGE BACKUP
# What says that something is there goes first, what it refers to second: so whatever the copy says
# is in the copy. Caches are left out; they are made again.
set -eu
storage=$1
backup=$2
if [ -e "$backup" ]; then
  echo "$backup is there already: a backup needs a new folder" >&2
  exit 1
fi
mkdir -m 0750 -p "$backup"

# Files that end or change their name meanwhile are what a clean-up or a write does: no error.
copy() {
  tar --create --directory="$storage" --ignore-failed-read --warning=no-file-changed \
    --warning=no-file-removed --warning=no-failed-read --exclude='*.tmp' "$@" \
    || [ $? -eq 1 ]
}

(cd "$storage" && find . -maxdepth 1 -type f -name '*.json' -print0
  find ./controls -maxdepth 2 -type f -name ledger.json -print0 2>/dev/null || true) \
  | copy --null --files-from=- \
  | tar --extract --directory="$backup"
copy --exclude=./.lock --exclude=./index.snapshot --exclude=./task_cache --exclude=./engine_temp \
  --exclude=./step_jars . \
  | tar --extract --directory="$backup" --skip-old-files
