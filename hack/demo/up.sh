#!/bin/sh
# What the tour starts, left running; see main.go.
set -eu
what=up
. "$(dirname "$0")/start.sh"
