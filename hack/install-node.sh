#!/bin/sh
# Installs Debian's Node.js and npm where they are missing, and the packages of a folder's lock file beside it, as in
#   hack/install-node.sh hack/site
set -eu
cd "$1"

say() { echo "install-node: $*"; }

stop() {
	say "$1" >&2
	echo "  next step: $2" >&2
	exit 1
}

has() { command -v "$1" >/dev/null; }

node18() { has node && has npm && node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)'; }

if ! node18; then
	has apt-get || stop "no Node.js 18, and no apt-get to install it with" \
		"install nodejs (18 or newer) and npm with your system's package manager"
	[ "$(id -u)" = 0 ] || stop "no Node.js 18, and only root can install it" "sudo apt-get install -y nodejs npm"
	export DEBIAN_FRONTEND=noninteractive
	say "installing Node.js and npm"
	apt-get update -q || say "the lists of packages could not be read anew; trying with those that are there"
	apt-get install -q -y --no-install-recommends nodejs npm
	node18 || stop "the packages came without Node.js 18" "apt-cache policy nodejs"
fi

# npm writes the lock file that it installed from; when it is ours, all is there.
if ! cmp -s package-lock.json node_modules/.lock-of-last-install; then
	say "fetching the packages of $1"
	npm ci --no-audit --no-fund || stop "npm could not fetch its packages" "make its registry reachable (npm ping), then run this again"
	cp package-lock.json node_modules/.lock-of-last-install
fi
say "$1 has its packages"
