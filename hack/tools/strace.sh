#!/bin/sh
# Makes sure that there is strace, with which tests let the disk fail. Without it they are skipped.
set -eu

if command -v strace >/dev/null || [ "$(uname)" != Linux ]; then
	exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "strace: installing it, for tests in which the disk fails"
	apt-get install -qq -y --no-install-recommends strace >/dev/null ||
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends strace >/dev/null; }
	exit 0
fi
echo "strace: tests in which the disk fails are skipped; next step: sudo apt-get install -y strace"
