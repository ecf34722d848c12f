package chart_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/node"
)

// site is where a user follows docs/install.md: a cluster of his own, a node that runs what is deployed, and a folder with
// what a clone has.
type site struct {
	*testing.T
	cluster *cluster.Cluster
	api     client.Client
	node    *node.Node
	folder  string
	env     []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteOn(t, cluster.Options{Audit: true})
}

func newSiteOn(t *testing.T, o cluster.Options) *site {
	t.Helper()
	c, err := cluster.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{T: t, cluster: c, folder: t.TempDir()}
	t.Cleanup(func() { s.must(c.Stop()) })
	scheme := runtime.NewScheme()
	s.must(errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)))
	s.api, err = client.New(c.Config(), client.Options{Scheme: scheme})
	s.must(err)
	s.node, err = node.New(c, binary.Path, t.TempDir())
	s.must(err)
	t.Cleanup(func() { s.must(s.node.Close()) })
	for _, name := range []string{"charts", "config", "dist"} {
		s.must(os.CopyFS(filepath.Join(s.folder, name), os.DirFS(filepath.Join(root, name))))
	}
	tools := t.TempDir()
	for name, path := range map[string]string{"helm": program, "kubectl": c.Kubectl(), "manager": binary.Path} {
		s.must(os.Symlink(path, filepath.Join(tools, name)))
	}
	s.env = append(os.Environ(), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "KUBECONFIG="+c.Kubeconfig(),
		"MANAGER="+binary.Path, "DATABASE="+databases.NewDatabase(t))
	return s
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// run runs commands in a shell and returns what they printed, while the node does its part.
func (s *site) run(commands string) string {
	s.Helper()
	var out, reported strings.Builder
	ctx, cancel := context.WithTimeout(s.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", commands)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.folder, s.env, &out, &reported
	s.must(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- await.Result(s, cmd.Wait) }()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				s.Fatalf("%s\n%v\n%s%s", commands, err, out.String(), reported.String())
			}
			return out.String()
		case <-tick.C:
			s.must(s.node.Sync(s.Context()))
		}
	}
}

// eventually waits until a condition holds, while the node does its part.
func (s *site) eventually(holds func(ctx context.Context) string) {
	s.Helper()
	eventually(s.T, func(ctx context.Context) string {
		s.must(s.node.Sync(ctx))
		return holds(ctx)
	})
}

// runs waits until every Pod of a Deployment is ready.
func (s *site) runs(deployment string) {
	s.Helper()
	s.run("kubectl -n " + home + " rollout status --timeout=1m deployment/" + deployment)
}

// waits waits until a Deployment's Pods do not start, and say this.
func (s *site) waits(deployment, symptom string) {
	s.Helper()
	s.eventually(func(ctx context.Context) string {
		said, err := s.node.Waiting(ctx, home, deployment)
		s.must(err)
		if !strings.Contains(said, symptom) {
			return "it says: " + said
		}
		return ""
	})
}
