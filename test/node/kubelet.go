package node

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Kubelet reports Pods whose container others run, and answers the API server what it printed: `kubectl get pods` and `kubectl logs`
// show what they would show of it.
type Kubelet struct {
	api    client.Client
	node   string
	server *httptest.Server

	mu   sync.Mutex
	runs map[client.ObjectKey][]Run
}

// Run is one life of a container.
type Run struct {
	Log  string // file with what it printed
	Exit int32  // with which it ended; of the last run, which goes on, nothing
}

// NewKubelet registers a node of this name at the API server.
func NewKubelet(ctx context.Context, api client.Client, name string) (*Kubelet, error) {
	k := &Kubelet{api: api, node: name, runs: map[client.ObjectKey][]Run{}}
	asks := http.NewServeMux()
	asks.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.logs)
	k.server = httptest.NewUnstartedServer(asks)
	k.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	k.server.StartTLS()
	address := k.server.Listener.Addr().(*net.TCPAddr)
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.NodeStatus{
		Addresses:       []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: address.IP.String()}},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: int32(address.Port)}}, //nolint:gosec // a port
	}}
	if err := api.Create(ctx, node); err != nil {
		k.Close()
		return nil, fmt.Errorf("register the node %s: %w", name, err)
	}
	return k, nil
}

// Close ends the answers. The node stays with its cluster.
func (k *Kubelet) Close() { k.server.Close() }

// Bind gives a Pod that is to be created to this node.
func (k *Kubelet) Bind(pod *corev1.Pod) { pod.Spec.NodeName = k.node }

// Tell says of a Pod's only container what became of it: these runs, of which the last goes on.
func (k *Kubelet) Tell(ctx context.Context, pod *corev1.Pod, runs ...Run) error {
	k.mu.Lock()
	k.runs[client.ObjectKeyFromObject(pod)] = runs
	k.mu.Unlock()
	before := pod.DeepCopy()
	now := metav1.Now()
	container := corev1.ContainerStatus{
		Name: pod.Spec.Containers[0].Name, Image: pod.Spec.Containers[0].Image, Ready: true, RestartCount: int32(len(runs) - 1), //nolint:gosec // a few
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
	}
	if former := len(runs) - 2; former >= 0 {
		container.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: runs[former].Exit, FinishedAt: now}
	}
	pod.Status.Phase, pod.Status.ContainerStatuses = corev1.PodRunning, []corev1.ContainerStatus{container}
	return k.api.Status().Patch(ctx, pod, client.MergeFrom(before))
}

// logs answers as a kubelet does, for as far as kubectl logs is asked for an end of them.
func (k *Kubelet) logs(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	runs := k.runs[client.ObjectKey{Namespace: r.PathValue("namespace"), Name: r.PathValue("pod")}]
	k.mu.Unlock()
	which := len(runs) - 1
	if r.FormValue("previous") == "true" {
		which--
	}
	if which < 0 {
		http.Error(w, fmt.Sprintf("no such container %q in pod %q", r.PathValue("container"), r.PathValue("pod")), http.StatusBadRequest)
		return
	}
	text, err := os.ReadFile(runs[which].Log)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	lines := slices.Collect(strings.Lines(string(text)))
	if n, err := strconv.Atoi(r.FormValue("tailLines")); err == nil {
		lines = lines[max(0, len(lines)-n):]
	}
	_, _ = io.WriteString(w, strings.Join(lines, ""))
}
