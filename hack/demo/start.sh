# Sourced by demo.sh and up.sh: builds the programs of the demo and becomes the one of them that is asked for.
# `make demo` and `make up` have built the control plane, the manager, the plugin of kubectl and account-env before.

cd "$(dirname "$0")/../.."

for program in bin/manager bin/kubectl-account bin/account-env hack/controlplane/bin/kube-apiserver; do
	if [ ! -x "$program" ]; then
		echo "demo: $program is not built; next step: make controlplane build, or make demo, which does that first" >&2
		exit 1
	fi
done

if ! command -v go >/dev/null; then
	echo "demo: Go is not in the PATH (needed: $(sed -n 's/^go //p' go.mod) or newer); next step: install it from https://go.dev/dl" >&2
	exit 1
fi

echo "demo: building bin/demo and bin/sql; with an empty build cache this takes a minute"
# A workspace or flags of the caller's would change what is built.
GOWORK=off GOFLAGS='' CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/ ./hack/demo ./hack/sql

# Becoming it instead of calling it: a signal to this script is one to the program, which then cleans up.
exec bin/demo "$what"
