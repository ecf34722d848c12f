package main

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// docs/versions.md is where versions are read; here it is held to where they are used.
func TestVersions_InDocuments_AreThoseInUse(t *testing.T) {
	page := string(read(t, "../../docs/versions.md"))
	kubernetes := required(t, "../controlplane/go.mod", "k8s.io/kubernetes")
	helm := required(t, "../helm/go.mod", "helm.sh/helm/v4")
	chart := string(read(t, "../../charts/account-operator/Chart.yaml"))
	postgres := regexp.MustCompile(`"\$\{major:-0\}" -ge (\d+)`).FindStringSubmatch(string(read(t, "../install-postgres.sh")))
	oldest := regexp.MustCompile(`kubeVersion: ">=([\d.]+)\.0-0"`).FindStringSubmatch(chart)
	if postgres == nil || oldest == nil {
		t.Fatal("the versions are said in another way than this test reads")
	}
	golang, _, _ := strings.Cut(strings.TrimPrefix(module(t, "../../go.mod").Go.Version, "go"), ".0")

	for _, row := range []string{
		"| Kubernetes | " + oldest[1] + " | " + kubernetes + " |",
		"| PostgreSQL | " + postgres[1] + " | ",
		"| Helm | 4 | " + helm + " |",
		"| Go, to build | " + golang + " | ",
	} {
		if !strings.Contains(page, row) {
			t.Errorf("docs/versions.md does not say %q", row)
		}
	}
}

func module(t *testing.T, path string) *modfile.File {
	t.Helper()
	parsed, err := modfile.Parse(path, read(t, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// required is the version of a module, without its v.
func required(t *testing.T, path, name string) string {
	t.Helper()
	for _, r := range module(t, path).Require {
		if r.Mod.Path == name {
			return strings.TrimPrefix(r.Mod.Version, "v")
		}
	}
	t.Fatalf("%s does not require %s", path, name)
	return ""
}
