package node

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/account-operator/account-operator/test/cluster/process"
	"github.com/account-operator/account-operator/test/port"
)

// Pod is a running one, with a single container.
type Pod struct {
	*process.Process

	container corev1.Container
	log       string
	ports     map[string]string // by the name of a port
}

// Start starts a Pod. The error of one that waits says what for, as the kubelet does: `secret "x" not found`.
func (n *Node) Start(ctx context.Context, namespace string, spec corev1.PodSpec) (*Pod, error) {
	p, command, err := n.prepare(ctx, namespace, spec)
	if err != nil {
		return nil, err
	}
	p.Process, err = n.group.Start(command)
	return p, err
}

// RunToEnd runs a Pod whose process has to end with success.
func (n *Node) RunToEnd(ctx context.Context, namespace string, spec corev1.PodSpec) error {
	_, command, err := n.prepare(ctx, namespace, spec)
	if err != nil {
		return err
	}
	return n.group.Run(ctx, command)
}

// prepare makes the container's folders and its command.
func (n *Node) prepare(ctx context.Context, namespace string, spec corev1.PodSpec) (*Pod, process.Command, error) {
	none := process.Command{}
	if len(spec.Containers) != 1 || len(spec.InitContainers) != 0 {
		return nil, none, errors.New("this node runs Pods with one container only")
	}
	own, err := n.newFolder()
	if err != nil {
		return nil, none, err
	}
	volumes, err := n.volumes(ctx, namespace, spec.Volumes)
	if err != nil {
		return nil, none, err
	}
	p := &Pod{container: spec.Containers[0], log: filepath.Join(own, "log"), ports: map[string]string{}}
	if err := p.openPorts(ctx); err != nil {
		return nil, none, err
	}
	line := p.line(n.program, p.translation(volumes))
	if ptr.Deref(spec.AutomountServiceAccountToken, true) {
		access, err := n.access(ctx, own, namespace, spec.ServiceAccountName)
		if err != nil {
			return nil, none, err
		}
		line = append(line, "--kubeconfig="+access)
	}
	if p.elects() {
		line = append(line, "--leader-elect-namespace="+namespace)
	}
	return p, process.Command{Path: "/usr/bin/env", Args: line, Dir: own, Log: p.log}, nil
}

// line is what env runs: nothing of this program's own environment is in it.
func (p *Pod) line(program string, here func(string) string) []string {
	line := []string{"-i"}
	for _, e := range p.container.Env {
		line = append(line, e.Name+"="+here(e.Value))
	}
	line = append(line, program)
	for _, arg := range p.container.Args {
		line = append(line, here(arg))
	}
	return line
}

// elects reports whether the manager would look for its namespace in the Pod's files.
func (p *Pod) elects() bool {
	named := func(arg string) bool { return strings.HasPrefix(arg, "--leader-elect-namespace=") }
	return slices.Contains(p.container.Args, "--leader-elect") && !slices.ContainsFunc(p.container.Args, named)
}

func (p *Pod) openPorts(ctx context.Context) error {
	for _, named := range p.container.Ports {
		address, err := port.Free(ctx)
		if err != nil {
			return err
		}
		p.ports[named.Name] = address
	}
	return nil
}

// translation turns what stands in arguments and variables for the container into what it is here. Flags name a port as ":8443".
func (p *Pod) translation(volumes map[string]string) func(string) string {
	whole, parts := map[string]string{}, []string{}
	for _, m := range p.container.VolumeMounts {
		whole[m.MountPath] = volumes[m.Name]
		parts = append(parts, m.MountPath+"/", volumes[m.Name]+"/")
	}
	for _, port := range p.container.Ports {
		parts = append(parts, fmt.Sprintf("=:%d", port.ContainerPort), "="+p.ports[port.Name])
	}
	replacer := strings.NewReplacer(parts...)
	return func(text string) string { return replacer.Replace(cmp.Or(whole[text], text)) }
}

// Address is where a port is reached that the Pod names so.
func (p *Pod) Address(port string) string { return p.ports[port] }

// Printed is all that the container printed.
func (p *Pod) Printed() (string, error) {
	text, err := os.ReadFile(p.log)
	return string(text), err
}

// Ready asks the readiness probe once.
func (p *Pod) Ready(ctx context.Context) error {
	probe := p.container.ReadinessProbe.HTTPGet
	if probe.Port.Type != intstr.String {
		return fmt.Errorf("the probe asks port %s, which has no name", probe.Port.String())
	}
	scheme := strings.ToLower(cmp.Or(string(probe.Scheme), "http"))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+p.ports[probe.Port.StrVal]+probe.Path, nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // as a kubelet
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode < http.StatusOK || response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the readiness probe is answered with %s", response.Status)
	}
	return nil
}

// Stop asks the process to end, as Kubernetes does, and waits for it.
func (p *Pod) Stop() error { return p.Process.Stop(goodbye) }
