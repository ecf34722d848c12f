package chart_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/cluster/process"
)

const goodbye = 20 * time.Second

// kubelet does for one Pod what the node's would: Secrets become files, ports are given out, the readiness probe is asked. A
// path of the container is a folder of the test, so where one stands in a flag or a variable it is replaced.
type kubelet struct {
	*testing.T
	namespace string
	pod       corev1.PodSpec
	folders   map[string]string // a path in the container, and the folder that stands for it
	paths     []string          // pairs of what stands in flags for the container, and what for this machine
	ports     map[string]string
}

func newKubelet(t *testing.T, namespace string, pod corev1.PodSpec) *kubelet {
	t.Helper()
	k := &kubelet{T: t, namespace: namespace, pod: pod, folders: map[string]string{}, ports: map[string]string{}}
	folders := map[string]string{}
	for _, v := range pod.Volumes {
		folders[v.Name] = t.TempDir()
		if v.Secret != nil {
			k.writeSecret(folders[v.Name], v.Secret.SecretName)
		}
	}
	for _, c := range pod.Containers {
		for _, m := range c.VolumeMounts {
			k.folders[m.MountPath] = folders[m.Name]
			k.paths = append(k.paths, m.MountPath+"/", folders[m.Name]+"/")
		}
		for _, p := range c.Ports {
			k.ports[p.Name] = k.freeAddress()
			k.paths = append(k.paths, fmt.Sprintf("=:%d", p.ContainerPort), "="+k.ports[p.Name])
		}
	}
	return k
}

func (k *kubelet) writeSecret(folder, name string) {
	k.Helper()
	s := &corev1.Secret{}
	if err := admin.Get(k.Context(), client.ObjectKey{Namespace: k.namespace, Name: name}, s); err != nil {
		k.Fatal(err)
	}
	for key, content := range s.Data {
		if err := os.WriteFile(filepath.Join(folder, key), content, 0o600); err != nil {
			k.Fatal(err)
		}
	}
}

func (k *kubelet) freeAddress() string {
	k.Helper()
	l, err := new(net.ListenConfig).Listen(k.Context(), "tcp", "127.0.0.1:0")
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		k.Fatal(err)
	}
	return l.Addr().String()
}

// here are texts of the container as they are on this machine.
func (k *kubelet) here(texts ...string) []string {
	var all []string
	for _, text := range texts {
		whole := cmp.Or(k.folders[text], text)
		all = append(all, strings.NewReplacer(k.paths...).Replace(whole))
	}
	return all
}

// command is a container as a process. The Pod's own token reaches it by a kubeconfig file, since the path that a Pod reads
// its token from is not a test's to write.
func (k *kubelet) command(c corev1.Container, program string, args ...string) process.Command {
	k.Helper()
	line := []string{}
	for _, e := range c.Env {
		line = append(line, e.Name+"="+k.here(e.Value)[0])
	}
	line = append(append(append(line, program), k.here(c.Args...)...), args...)
	return process.Command{Path: "/usr/bin/env", Args: line, Dir: k.TempDir(), Log: filepath.Join(k.TempDir(), c.Name+".log")}
}

// access writes a kubeconfig with the rights of the Pod's ServiceAccount, and returns its path.
func (k *kubelet) access() string {
	k.Helper()
	path := filepath.Join(k.TempDir(), "kubeconfig")
	eventually(k.T, func(ctx context.Context) string {
		config, err := local.AsServiceAccount(ctx, k.namespace, k.pod.ServiceAccountName)
		if err == nil {
			err = cluster.WriteKubeconfig(path, config)
		}
		return says(err)
	})
	return path
}

func says(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// runDeployment runs the manager of an installed Deployment until the test ends, and returns once it is ready.
func runDeployment(t *testing.T, name string) {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: home, Name: name}, d); err != nil {
		t.Fatal(err)
	}
	k := newKubelet(t, home, d.Spec.Template.Spec)
	container := k.pod.Containers[0]
	command := k.command(container, binary.Path, "--kubeconfig="+k.access())
	running, err := managers.Start(command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Stop(goodbye); err != nil {
			t.Error(err)
		}
		if printed, err := os.ReadFile(command.Log); t.Failed() {
			t.Logf("%s printed: %s %v", name, printed, err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := running.Await(ctx, func(ctx context.Context) error { return k.probe(ctx, container.ReadinessProbe) }); err != nil {
		t.Fatal(err)
	}
}

var errNotReady = errors.New("the readiness probe is not answered with success")

func (k *kubelet) probe(ctx context.Context, probe *corev1.Probe) error {
	if probe.HTTPGet.Port.Type != intstr.String {
		return fmt.Errorf("the probe asks port %s, which has no name", probe.HTTPGet.Port.String())
	}
	url := "http://" + k.ports[probe.HTTPGet.Port.StrVal] + probe.HTTPGet.Path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		return errors.Join(errNotReady, err)
	}
	return nil
}
