#!/bin/sh
# Builds the local control plane into bin/, or with the word node what runs Pods (see main.go). This front only makes
# sure that there is a Go that can build it, since with an older one main.go
# could not run to say so.
set -eu
cd "$(dirname "$0")"

if ! command -v go >/dev/null; then
	echo "controlplane: Go is not installed (needed: $(sed -n 's/^go //p' go.mod) or newer)" >&2
	echo "  next step: install it from https://go.dev/dl and run this again" >&2
	exit 1
fi

# A workspace or -mod flag of the caller's would change what is built.
export GOWORK=off GOFLAGS=

# Inside this folder Go reads go.mod: it fetches a newer toolchain by itself
# where it may, and fails here where it may not.
if ! reason=$(go env GOVERSION 2>&1) || ! reason=$(go list -m 2>&1); then
	echo "controlplane: this Go cannot build Kubernetes: $reason" >&2
	echo "  next step: install Go $(sed -n 's/^go //p' go.mod) or newer (https://go.dev/dl), or allow Go to fetch it: GOTOOLCHAIN=auto make controlplane" >&2
	exit 1
fi

exec go run . "$@"
