#!/bin/sh
# Installs Debian's PostgreSQL server if there is none, for the tests that run on
# a real one. Only the programs: no database is created or started on the system.
set -eu

say() { echo "install-postgres: $*"; }

stop() {
	say "$1" >&2
	echo "  next step: $2" >&2
	exit 1
}

# The newest server where Debian keeps them, else the one in PATH: the same that
# test/postgres takes.
server() {
	for found in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) $(echo "$PATH" | tr : ' '); do
		[ -x "$found/initdb" ] || continue
		major=$("$found/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p')
		if [ "${major:-0}" -ge 15 ]; then
			echo "$found"
			return
		fi
	done
}

# While the package is being set up, its usual first database must not be made.
# A setting of the administrator's comes back afterwards as it was.
setting=/etc/postgresql-common/createcluster.conf
restore() {
	[ -e "$setting.before" ] && mv "$setting.before" "$setting"
	return 0
}

present=$(server)
if [ -n "$present" ]; then
	say "PostgreSQL is there: $present"
	exit 0
fi
command -v apt-get >/dev/null ||
	stop "no PostgreSQL 15 or newer, and no apt-get to install it with" \
		"install PostgreSQL 15 or newer with your system's package manager, so that initdb is in PATH"
[ "$(id -u)" = 0 ] ||
	stop "no PostgreSQL 15 or newer, and only root can install it" "sudo apt-get install -y postgresql"

export DEBIAN_FRONTEND=noninteractive
trap restore EXIT
trap 'exit 130' INT TERM HUP

say "[1/3] reading the lists of packages (about 10 s)"
apt-get update -q

say "[2/3] installing what manages servers"
apt-get install -q -y --no-install-recommends postgresql-common
[ -e "$setting.before" ] || cp -p "$setting" "$setting.before"
pg_conftool "$setting" set create_main_cluster off

say "[3/3] installing the server (about 20 MB to fetch)"
apt-get install -q -y --no-install-recommends postgresql

present=$(server)
[ -n "$present" ] || stop "the package came without a server of version 15 or newer" "apt-cache policy postgresql"
say "installed: $present"
