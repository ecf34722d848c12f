package config_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The command stands in docs/install.md, to be copied before the manager is removed.
func TestRemoval_CheckBefore_ListsWhatWaitsForTheManager(t *testing.T) {
	awaitFinalizerPolicy(t)
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "removal-"}}
	if err := admin.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	held, free := account("held"), withClass(account("free"), "gpu") // the policy gives the finalizer to its class only
	held.SetNamespace(ns.Name)
	free.SetNamespace(ns.Name)
	for _, err := range []error{admin.Create(t.Context(), held), admin.Create(t.Context(), free)} {
		if err != nil {
			t.Fatal(err)
		}
	}

	printed := copied(t, "kubectl get accounts,envvarsets,cloudconnections,sshkeys -A -o go-template")

	if !strings.Contains(printed, "Account "+ns.Name+"/held\n") || strings.Contains(printed, ns.Name+"/free") {
		t.Errorf("printed:\n%s", printed)
	}
}

// copied runs the line of docs/install.md that begins like this, in a shell.
func copied(t *testing.T, prefix string) string {
	t.Helper()
	page, err := os.ReadFile("../docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(page), "\n") {
		if !strings.HasPrefix(line, prefix) {
			continue
		}
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
		cmd.Env = append(os.Environ(), "KUBECONFIG="+local.Kubeconfig(),
			"PATH="+filepath.Dir(local.Kubectl())+string(os.PathListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	t.Fatalf("docs/install.md has no line that begins with %q", prefix)
	return ""
}
