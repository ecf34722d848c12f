#!/bin/sh
# The first process of the sandbox that a node lives in (sandbox_linux.go): it has mounts, network, process ids, name and IPC of its
# own. It makes them such that nothing reaches the machine, runs a command, and takes everything along when it ends.
#
#	sandbox.sh ADDRESS-OF-THE-NODE SERVICES COMMAND...
set -eu
address=$1 services=$2
shift 2

# Processes and mounts are this sandbox's own, and what programs of a node write at their usual places is gone with it.
mount --make-rprivate /
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t tmpfs -o mode=755 realnode /run
mount -t tmpfs -o mode=1777 realnode /dev/shm
mkdir -m 755 /run/var /run/work /run/kubelet
mkdir -m 1777 /run/tmp
mount -t overlay -o lowerdir=/var,upperdir=/run/var,workdir=/run/work overlay /var
mkdir -p /var/lib/kubelet
mount --bind /run/kubelet /var/lib/kubelet
mount --make-shared /var/lib/kubelet

# The kernel's settings are the machine's. A kubelet writes some of them as it starts: it writes into copies. Those of the network
# are the sandbox's.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
	copy=/run/$(echo "$setting" | tr / -)
	cat "/proc/sys/$setting" >"$copy"
	settings="${settings:-} $setting=$copy"
done
mount --bind /proc/sys /proc/sys
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,ro /proc/sys
for copied in $settings; do
	mount --bind "${copied#*=}" "/proc/sys/${copied%=*}"
done

# What is called node is the node. Whatever goes to a Service leaves by lo, where kube-proxy gives it another target.
hostname node
ip link set lo up
ip address add "$address/32" dev lo
ip route add "$services" dev lo src "$address"

export TMPDIR=/run/tmp
"$@" || exit $?
exit 0
