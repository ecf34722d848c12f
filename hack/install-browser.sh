#!/bin/sh
# Installs what tests look at pages with, where it is missing: Debian's Chromium, Node.js and npm, and two packages into
# hack/browser/node_modules (4 MB). Nothing of it is shipped.
set -eu
cd "$(dirname "$0")"

say() { echo "install-browser: $*"; }

stop() {
	say "$1" >&2
	echo "  next step: $2" >&2
	exit 1
}

has() { command -v "$1" >/dev/null; }

browser() { has chromium || has chromium-browser || has google-chrome; }

if ! browser; then
	has apt-get || stop "no Chromium, and no apt-get to install it with" "install chromium with your system's package manager"
	[ "$(id -u)" = 0 ] || stop "no Chromium, and only root can install it" "sudo apt-get install -y chromium"
	export DEBIAN_FRONTEND=noninteractive
	say "installing Chromium (about 200 MB to fetch)"
	apt-get update -q || say "the lists of packages could not be read anew; trying with those that are there"
	apt-get install -q -y --no-install-recommends chromium
	browser || stop "the package came without Chromium" "apt-cache policy chromium"
fi
./install-node.sh browser
say "the browser is there"
