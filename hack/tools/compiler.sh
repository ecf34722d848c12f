#!/bin/sh
# Makes sure that there is a C compiler, without which Go's race detector does not work.
set -eu

if command -v "$(go env CC)" >/dev/null; then
	exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "compiler: installing gcc, for Go's race detector"
	apt-get install -qq -y --no-install-recommends gcc libc6-dev >/dev/null ||
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends gcc libc6-dev >/dev/null; }
	exit 0
fi
echo "compiler: Go's race detector needs a C compiler, and there is no $(go env CC)" >&2
echo "  next step: sudo apt-get install -y gcc libc6-dev, or run the tests without it: make test RACE=" >&2
exit 1
