package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/manual"
	"github.com/account-operator/account-operator/test/node"
)

// trouble is what an ordeal leaves for whoever the alert wakes, and what the alert's page has to lead to.
type trouble struct {
	pod   []life   // of the installation, with the run that goes on at last
	name  string   // for NAME in the page
	cause string   // the row of the page's table, or how it begins
	shows []string // what one sees of it by what is typed under "Where to look"
	panel string   // of the dashboard, where the cause shows there only

	cure func()                  // what is not typed: it is mended elsewhere
	over func() *manager.Manager // waits until all is well, and names the manager that now leads
	late int                     // for how many minutes the alert goes on
}

// life is one run of the manager in its Pod.
type life struct {
	of   *manager.Manager
	exit int
}

// onCall follows the page of an alert: looks where it says, finds the cause, and does what it says. It copies every command.
func (s *scene) onCall(alert string, found trouble) *manager.Manager {
	s.Helper()
	s.installed(found.pod)
	page := manual.Read(s, "../../docs/runbooks/"+alert+".md", nil)
	here := strings.NewReplacer(home, s.ns, "NAMESPACE", s.ns, "NAME", found.name)
	seen := ""
	for _, block := range page.Blocks("Where to look") {
		seen += s.types(here.Replace(block))
	}
	for _, text := range found.shows {
		if !strings.Contains(seen, text) {
			s.Errorf("nothing shows %q:\n%s", text, seen)
		}
	}
	if !strings.Contains(page.Text, "\n| "+found.cause) {
		s.Errorf("the page has no row %q", found.cause)
	}
	if found.cure != nil {
		found.cure()
	}
	for _, block := range page.Blocks("What to do") {
		s.types(here.Replace(block))
	}
	page.IsCopied()
	return found.over()
}

// installed has kubectl find the manager of this scene as that of an installation: in a Pod of the Deployment, beside one that stands by
// and has nothing to say, and that kubectl would choose as the one that is ready.
func (s *scene) installed(runs []life) {
	s.Helper()
	text, err := os.ReadFile("../../config/manager/deployment.yaml")
	s.must(err)
	deployment := &appsv1.Deployment{}
	s.must(yaml.UnmarshalStrict(text, deployment))
	deployment.Namespace = s.ns
	s.create(deployment)
	silent := filepath.Join(s.TempDir(), "log")
	s.must(os.WriteFile(silent, nil, 0o600))
	s.hasPod(deployment, "account-operator-1", node.Run{Log: silent})
	s.types(`kubectl -n ` + s.ns + ` patch pod account-operator-1 --subresource=status --type=merge \
		-p '{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}'`)
	var said []node.Run
	for _, r := range runs {
		said = append(said, node.Run{Log: r.of.Log(), Exit: int32(r.exit)}) //nolint:gosec // an exit status
	}
	s.hasPod(deployment, "account-operator-0", said...)
}

func (s *scene) hasPod(of *appsv1.Deployment, name string, runs ...node.Run) {
	s.Helper()
	pod := &corev1.Pod{ObjectMeta: of.Spec.Template.ObjectMeta, Spec: corev1.PodSpec{
		Containers: []corev1.Container{{Name: "manager", Image: of.Spec.Template.Spec.Containers[0].Image}},
	}}
	pod.Name = name
	kubelet.Bind(pod)
	s.createSoon(pod) // its ServiceAccount comes a moment after the namespace
	s.must(kubelet.Tell(s.Context(), pod, runs...))
}

// types has a shell run commands, and returns what they print. Each has to succeed.
func (s *scene) types(commands string) string {
	s.Helper()
	path, err := tools()
	s.must(err)
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", commands)
	shell.Env = append(os.Environ(), "PATH="+path+string(os.PathListSeparator)+os.Getenv("PATH"), "KUBECONFIG="+s.cluster.Kubeconfig(),
		"KUBECACHEDIR="+filepath.Join(path, "cache"), "KUBERC=off", "ACCOUNT_OPERATOR_STORE="+s.store.address)
	out, err := shell.CombinedOutput()
	if err != nil {
		s.Fatalf("%s\n%v\n%s", commands, err, out)
	}
	return string(out)
}

// tools is the folder with kubectl and its plugin.
var tools = sync.OnceValues(func() (string, error) {
	path := filepath.Join(programs, "tools")
	if err := os.Mkdir(path, 0o700); err != nil {
		return "", err
	}
	if err := os.Symlink(local.Kubectl(), filepath.Join(path, "kubectl")); err != nil {
		return "", err
	}
	if _, err := manager.Build(context.Background(), path, "github.com/account-operator/account-operator/cmd/kubectl-account"); err != nil {
		return "", fmt.Errorf("the plugin: %w", err)
	}
	return path, nil
})
