#!/bin/sh
# A guided tour through what account-operator does; see main.go.
set -eu
what=tour
. "$(dirname "$0")/start.sh"
