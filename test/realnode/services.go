package realnode

// startProxy starts what leads from a Service to its Pods. Of what it would set for the whole machine it sets nothing.
func (n *Node) startProxy() error {
	access, err := n.access("kube-proxy", "system:kube-proxy")
	if err != nil {
		return err
	}
	_, err = n.run("kube-proxy", "--kubeconfig="+access, "--hostname-override="+Name, "--proxy-mode=iptables", "--cluster-cidr="+Pods,
		"--conntrack-max-per-core=0", "--conntrack-min=0", "--conntrack-tcp-timeout-established=0s", "--conntrack-tcp-timeout-close-wait=0s",
		"--healthz-bind-address=127.0.0.1:10256", "--metrics-bind-address=127.0.0.1:10249")
	return err
}

// startScheduler starts what gives Pods to the node.
func (n *Node) startScheduler() error {
	access, err := n.access("kube-scheduler", "system:kube-scheduler")
	if err != nil {
		return err
	}
	_, err = n.run("kube-scheduler", "--kubeconfig="+access, "--leader-elect=false", "--secure-port=0")
	return err
}
