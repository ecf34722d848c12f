#!/bin/sh
# What the tour starts, left running, with a manager that follows its code; see main.go.
set -eu
what=dev
. "$(dirname "$0")/start.sh"
