package main

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spdx/tools-golang/json"
)

// a release of this commit, for this machine only.
func released(t *testing.T, root, out string) *release {
	t.Helper()
	r := &release{
		root: root, version: "v0.1.0-test.1", image: "registry.example.com/team/account-operator", out: out,
		platforms: []string{runtime.GOOS + "/" + runtime.GOARCH},
	}
	if err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// clone is a clean copy of the commit that is checked out.
func clone(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	run(t, ".", "git", "clone", "--quiet", "--depth=1", "file://"+strings.TrimSpace(run(t, ".", "git", "rev-parse", "--show-toplevel")), folder)
	return folder
}

func run(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	out, err := in(t.Context(), folder, nil, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestARelease(t *testing.T) {
	root := clone(t)
	first := released(t, root, filepath.Join(t.TempDir(), "first"))
	for name, holds := range map[string]func(*testing.T, *release){
		"is the same each time it is made":                         isTheSameAgain,
		"has checksums of all files":                               hasChecksums,
		"has programs that know their version and need no library": hasStaticPrograms,
		"lists what each program is made of":                       listsModules,
		"names its image in the chart and in the manifests":        namesItsImage,
		"has that image, for whoever pushes it":                    hasItsImage,
	} {
		t.Run(name, func(t *testing.T) { holds(t, first) })
	}
}

func isTheSameAgain(t *testing.T, first *release) {
	t.Helper()
	// given another copy of the commit, in another folder
	second := released(t, clone(t), filepath.Join(t.TempDir(), "deeper", "second"))

	// then each file has the same bytes
	files, err := os.ReadDir(first.out)
	if err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadDir(second.out)
	if err != nil || len(again) != len(files) {
		t.Fatalf("%d files and then %d: %v", len(files), len(again), err)
	}
	for _, f := range files {
		if !bytes.Equal(read(t, first.out, f.Name()), read(t, second.out, f.Name())) {
			t.Errorf("%s differs", f.Name())
		}
	}
}

func hasChecksums(t *testing.T, first *release) {
	t.Helper()
	checked := run(t, first.out, "sha256sum", "--check", "SHA256SUMS")
	files, err := os.ReadDir(first.out)
	if err != nil || strings.Count(checked, ": OK\n") != len(files)-1 {
		t.Errorf("%d files: %v\n%s", len(files), err, checked)
	}
}

func hasStaticPrograms(t *testing.T, first *release) {
	t.Helper()
	program := filepath.Join(first.out, file("manager", first.platforms[0]))
	if out := run(t, first.out, program, "version"); !strings.Contains(out, first.version) {
		t.Errorf("it says %q", out)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range info.Settings {
		if s.Key == "CGO_ENABLED" && s.Value != "0" {
			t.Error("it is linked to a C library")
		}
	}
	if bytes.Contains(read(t, program), []byte(first.root)) {
		t.Error("it names a folder of the machine that built it")
	}
}

func listsModules(t *testing.T, first *release) {
	t.Helper()
	document, err := json.Read(bytes.NewReader(read(t, first.out, "manager.spdx.json")))
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, p := range document.Packages {
		versions[p.PackageName] = p.PackageVersion
	}
	for _, name := range []string{"go", "github.com/jackc/pgx/v5", "modernc.org/sqlite", "sigs.k8s.io/controller-runtime"} {
		if versions[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if len(document.Relationships) != len(document.Packages) {
		t.Errorf("%d packages and %d relationships", len(document.Packages), len(document.Relationships))
	}
}

func namesItsImage(t *testing.T, first *release) {
	t.Helper()
	if !bytes.Contains(read(t, first.out, "install.yaml"), []byte("image: "+first.image+":"+first.version+"\n")) {
		t.Error("install.yaml names another image")
	}
	chart := filepath.Join(first.out, "account-operator-"+first.number()+".tgz")
	rendered := run(t, filepath.Join(first.root, "hack", "helm"), "go", "tool", "helm", "template", "x", chart, "--set=keyset.existingSecret=k")
	if !strings.Contains(rendered, first.image+":"+first.version) {
		t.Error("the chart names another image")
	}
}

func hasItsImage(t *testing.T, first *release) {
	t.Helper()
	if index := run(t, first.out, "tar", "--extract", "--to-stdout", "--file="+archive, "index.json"); !strings.Contains(index, first.image+":"+first.version) {
		t.Errorf("the image has another name: %s", index)
	}
}

func TestRelease_Unfit_IsRefused(t *testing.T) {
	root := clone(t)
	out := filepath.Join(t.TempDir(), "out")
	for name, c := range map[string]struct {
		version, image, out string
		dirty               bool
		want                string
	}{
		"without a version":             {"", "i", out, false, "no version such as"},
		"with half a version":           {"v1", "i", out, false, "no version such as"},
		"with a version without v":      {"1.2.3", "i", out, false, "no version such as"},
		"without a folder":              {"v1.2.3", "i", "", false, "-out is missing"},
		"into a folder that is there":   {"v1.2.3", "i", t.TempDir(), false, "must not be there"},
		"with an image that has a hash": {"v1.2.3", "i@sha256:0", out, false, "no repository such as"},
		"of what is not committed":      {"v1.2.3", "i", out, true, "not committed"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.dirty {
				if err := os.WriteFile(filepath.Join(root, "README.md"), []byte("changed"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := &release{root: root, version: c.version, image: c.image, out: c.out, platforms: platforms}
			if err := r.run(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("half a release stays")
			}
		})
	}
}
