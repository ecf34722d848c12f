#!/bin/sh
# Plants bugs in a copy of this tree, one at a time, and expects the test that each patch names to find its bug. A patch is
# a diff that begins with a line "bug:" and a line "test: PACKAGE NAME". One that does not apply any more is written again: plant
# the bug by hand, and put "git diff -U1" below those two lines.
#
#	test/mutants/run.sh [PATCH...]
set -eu
cd "$(dirname "$0")/../.."
tree=$PWD
[ $# -gt 0 ] || set -- test/mutants/*.patch

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$copy"
ln -s "$tree/hack/controlplane/bin" "$copy/hack/controlplane/bin"

say() { printf '%-28s %s\n' "$(basename "$patch" .patch)" "$1"; }

# found plants a bug and reports what became of it. It fails unless the test found it.
found() {
	bug=$(sed -n 's/^bug: //p' "$tree/$patch")
	test=$(sed -n 's/^test: //p' "$tree/$patch")
	package=${test% *} name=${test#* }
	if ! git apply -C1 "$tree/$patch" 2>"$copy/log"; then
		say "does not apply: write it again ($(head -1 "$copy/log"))"
		return 1
	fi
	if ! go vet "$package" >"$copy/log" 2>&1; then
		say "does not compile: write it again ($(sed -n 2p "$copy/log"))"
		return 1
	fi
	if go test -count=1 -run "^$name" "$package" >"$copy/log" 2>&1 || ! grep -q -- "--- FAIL: ${name%%[\$/]*}" "$copy/log"; then
		say "NOT FOUND by $name: $bug"
		tail -5 "$copy/log"
		return 1
	fi
	say "found by $name"
}

cd "$copy"
survivors=0
for patch; do
	found || survivors=$((survivors + 1))
	git apply -R -C1 "$tree/$patch" 2>/dev/null || true
done
echo "$(($# - survivors)) of $# bugs were found"
[ "$survivors" -eq 0 ]
