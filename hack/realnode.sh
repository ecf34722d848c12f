#!/bin/sh
# Brings what runs Pods (test/realnode): containerd and the node's programs of Kubernetes, built from their Go modules, and Debian's
# runc, network plugins and what they call. Where a machine may not run Pods, the tests that need them are skipped.
set -eu
cd "$(dirname "$0")/.."

skip() {
	echo "realnode: $1: tests in which Pods run are skipped"
	[ -z "${2:-}" ] || echo "  next step: $2"
	exit 0
}

[ "$(uname)" = Linux ] || skip "this is not Linux"
[ "$(id -u)" = 0 ] || skip "only root may run containers"

missing() {
	for program in "runc runc" "iptables iptables" "ip iproute2"; do
		command -v "${program% *}" >/dev/null || echo "${program#* }"
	done
	[ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || echo containernetworking-plugins
}

packages=$(missing | tr '\n' ' ')
if [ -n "$packages" ]; then
	command -v apt-get >/dev/null || skip "there is no apt-get to install $packages with" "install what Debian calls $packages"
	export DEBIAN_FRONTEND=noninteractive
	echo "realnode: installing $packages"
	# shellcheck disable=SC2086 # several packages
	apt-get install -qq -y --no-install-recommends $packages >/dev/null ||
		{ apt-get update -qq && apt-get install -qq -y --no-install-recommends $packages >/dev/null; } ||
		skip "$packages could not be installed" "apt-get install $packages"
fi
exec hack/controlplane/build.sh node
