#!/usr/bin/env bash
# Compares the Go benchmarks of one package as they are with those of a commit. Both are run in turn, so that what else
# the machine does disturbs both alike, and benchstat compares them.
#
#   hack/microbench.sh BASE PACKAGE [PATTERN [ROUNDS]]
set -euo pipefail

base=${1:?which commit to compare with, as in main}
package=${2:?which package, as in ./internal/seal}
pattern=${3:-.}
rounds=${4:-10}

if [[ $package == *...* ]]; then
	echo "microbench: takes one package, not $package" >&2
	echo "  next step: make microbench PKG=./internal/seal" >&2
	exit 1
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/tree" 2>/dev/null || true; rm -rf "$folder"' EXIT
git worktree add --quiet --detach "$folder/tree" "$base"

export CGO_ENABLED=0
go test -c -o "$folder/new.test" "$package"
(cd "$folder/tree" && go test -c -o "$folder/old.test" "$package")

run() { # SIDE ROOT
	(cd "$2/$package" && "$folder/$1.test" -test.run='^$' -test.bench="$pattern" -test.benchtime=0.3s) >>"$folder/$1.txt"
}
for ((round = 1; round <= rounds; round++)); do
	echo "microbench: round $round of $rounds" >&2
	run old "$folder/tree"
	run new .
done
go tool -modfile=hack/benchstat/go.mod benchstat old="$folder/old.txt" new="$folder/new.txt"
