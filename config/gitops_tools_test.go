package config_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// applier is a tool that makes the cluster have what a repository has.
type applier struct {
	name   string
	prunes bool
	// apply returns what the tool printed.
	apply func(t *testing.T, namespace, manifest string) (string, error)
}

// applying are the tools, as they are when nobody configures them further. Flux and Argo CD are their own libraries, as
// hack/gitops calls them.
func applying(t *testing.T) []applier {
	t.Helper()
	byKubectl := func(args ...string) func(*testing.T, string, string) (string, error) {
		return func(t *testing.T, namespace, manifest string) (string, error) {
			t.Helper()
			return kubectl(t.Context(), manifest, append([]string{"apply", "-n", namespace, "-f", "-"}, args...)...)
		}
	}
	return []applier{
		{"kubectl apply", false, byKubectl()},
		{"kubectl apply --server-side", false, byKubectl("--server-side")},
		{"kubectl apply --prune", true, byKubectl("--prune", "-l", "from=repository",
			"--prune-allowlist=account-operator.io/v1alpha1/Account", "--prune-allowlist=account-operator.io/v1alpha1/EnvVarSet")},
		{"kubectl apply -k", false, byKustomize},
		{"Helm 4", true, byHelm},
		{"Flux", false, byProgram("flux")},
		{"Argo CD", false, byProgram("argocd", "client-side")},
		{"Argo CD, server-side", false, byProgram("argocd", "server-side")},
	}
}

func byKustomize(t *testing.T, namespace, manifest string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "objects.yaml"), manifest)
	write(t, filepath.Join(folder, "kustomization.yaml"), "resources: [objects.yaml]\n")
	return kubectl(t.Context(), "", "apply", "-n", namespace, "-k", folder)
}

func byHelm(t *testing.T, namespace, manifest string) (string, error) {
	t.Helper()
	tool := exec.CommandContext(t.Context(), "go", "tool", "-n", "helm")
	tool.Dir, tool.Env = "../hack/helm", append(os.Environ(), "CGO_ENABLED=0")
	path, err := tool.Output()
	if err != nil {
		t.Fatal("building helm: ", err)
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "Chart.yaml"), "apiVersion: v2\nname: team\nversion: 0.1.0\n")
	if err := os.Mkdir(filepath.Join(folder, "templates"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "templates", "objects.yaml"), manifest)
	out, err := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), "upgrade", "--install", "team", folder,
		"--namespace="+namespace, "--kubeconfig="+local.Kubeconfig()).CombinedOutput()
	return string(out), err
}

// byProgram runs a program of hack/gitops, which gets the objects on its standard input.
func byProgram(name string, args ...string) func(*testing.T, string, string) (string, error) {
	return func(t *testing.T, _, manifest string) (string, error) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "../hack/gitops/bin/"+name, append(args, local.Kubeconfig())...)
		cmd.Stdin = strings.NewReader(manifest)
		out, err := cmd.CombinedOutput()
		if os.IsNotExist(err) {
			t.Fatal(err, "; next step: make gitops")
		}
		return string(out), err
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
