#!/bin/sh
# The checksum of a file, as a step: arguments in, JSON out, everything else to standard error.
set -eu
echo "PROGRESS 10 reading $1" >&2
sum=$(sha256sum -- "$1" | cut -d ' ' -f 1)
lines=$(wc -l < "$1")
echo "PROGRESS 90 done" >&2
printf '{"status": "success", "sha256": "%s", "lines": %d}\n' "$sum" "$lines"
