#!/bin/sh
# Installs what the check of the portal's pages looks at them with, where it is missing: Debian's Chromium, Node.js and
# npm, and two packages into hack/browser/node_modules. Nothing of it is shipped.
set -eu
cd "$(dirname "$0")/browser"

say() { echo "install-browser: $*"; }

stop() {
	say "$1" >&2
	echo "  next step: $2" >&2
	exit 1
}

has() { command -v "$1" >/dev/null; }

browser() { has chromium || has chromium-browser || has google-chrome; }

node18() { has node && has npm && node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)'; }

if ! browser || ! node18; then
	has apt-get || stop "no Chromium or no Node.js 18, and no apt-get to install them with" \
		"install chromium, nodejs (18 or newer) and npm with your system's package manager"
	[ "$(id -u)" = 0 ] || stop "no Chromium or no Node.js 18, and only root can install them" \
		"sudo apt-get install -y chromium nodejs npm"
	export DEBIAN_FRONTEND=noninteractive
	say "[1/2] installing Chromium and Node.js (about 200 MB to fetch)"
	wanted=""
	browser || wanted="chromium"
	node18 || wanted="$wanted nodejs npm"
	apt-get update -q || say "the lists of packages could not be read anew; trying with those that are there"
	# shellcheck disable=SC2086 # several words are several packages
	apt-get install -q -y --no-install-recommends $wanted
	browser && node18 || stop "the packages came without Chromium or Node.js 18" "apt-cache policy chromium nodejs"
fi

# npm writes the lock file that it installed from; when it is ours, all is there.
if ! cmp -s package-lock.json node_modules/.lock-of-last-install; then
	say "[2/2] fetching what drives the browser and what judges accessibility (4 MB)"
	npm ci --no-audit --no-fund || stop "npm could not fetch its packages" "make its registry reachable (npm ping), then run this again"
	cp package-lock.json node_modules/.lock-of-last-install
fi
say "the browser is there"
