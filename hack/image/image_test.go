package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// architectures are those that `make image` builds for.
var architectures = []string{"amd64", "arm64"}

// programs builds the manager as `make image` does. What another architecture's program is made of does not matter here.
func programs(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, architecture := range architectures {
		program := filepath.Join(folder, "manager-linux-"+architecture)
		if architecture != runtime.GOARCH {
			if err := os.WriteFile(program, []byte("the program of "+architecture), 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		goBuild(t, "../..", program)
	}
	return folder
}

func goBuild(t *testing.T, folder, program string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute) // an empty build cache
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=v1.2.3", "-o", program, "./cmd/manager")
	build.Dir, build.Env = folder, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// made is an archive of these programs.
func made(t *testing.T, programs string) (archive string) {
	t.Helper()
	archive = filepath.Join(t.TempDir(), "deeper", "image.tar")
	m := maker{programs: programs, program: "manager", version: "v1.2.3", name: "registry.example.com/team/account-operator:v1.2.3", created: time.Unix(1_800_000_000, 0).UTC()}
	if err := run(t.Context(), m, archive, ""); err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestImage(t *testing.T) {
	programs := programs(t)
	archive := made(t, programs)
	index, err := openArchive(archive, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("made twice, has the same bytes", func(t *testing.T) {
		first, again := read(t, archive), read(t, made(t, programs))
		if !bytes.Equal(first, again) {
			t.Errorf("%d bytes and %d bytes differ", len(first), len(again))
		}
	})
	t.Run("keeps what an image promises", func(t *testing.T) {
		if err := validate.Index(index); err != nil {
			t.Error(err)
		}
	})
	for _, architecture := range architectures {
		t.Run("has the program of "+architecture+", and runs as nobody", func(t *testing.T) {
			isWhole(t, index, architecture, read(t, programs, "manager-linux-"+architecture))
		})
	}
	t.Run("runs with nothing but what is in it", func(t *testing.T) { runs(t, index) })
	t.Run("pushed to a registry, is pulled as it was", func(t *testing.T) { isPulled(t, archive, index) })
}

// of is the image for one architecture, as a runtime would choose it.
func of(t *testing.T, index v1.ImageIndex, architecture string) v1.Image {
	t.Helper()
	list, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Manifests {
		if m.Platform.Satisfies(v1.Platform{OS: "linux", Architecture: architecture}) {
			image, err := index.Image(m.Digest)
			if err != nil {
				t.Fatal(err)
			}
			return image
		}
	}
	t.Fatalf("no image for %s", architecture)
	return nil
}

func isWhole(t *testing.T, index v1.ImageIndex, architecture string, program []byte) {
	t.Helper()
	image := of(t, index, architecture)
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65532:65532" || strings.Join(config.Config.Entrypoint, " ") != "/manager" || config.Architecture != architecture {
		t.Errorf("config: %+v", config)
	}
	root := unpacked(t, image)
	if !bytes.Equal(read(t, root, "manager"), program) {
		t.Error("the program is another")
	}
	if users := string(read(t, root, "etc", "passwd")); !strings.Contains(users, "nonroot:x:65532:65532:") {
		t.Errorf("users: %q", users)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(read(t, root, certificates)) || !bytes.Contains(read(t, root, certificates), pem.EncodeToMemory(&pem.Block{
		Type: "CERTIFICATE", Bytes: wellKnown(t),
	})) {
		t.Error("no certificate of a well-known authority")
	}
}

// wellKnown is the certificate of an authority that most of the web is signed by.
func wellKnown(t *testing.T) []byte {
	t.Helper()
	for root := range bundle.Roots() {
		if c, err := x509.ParseCertificate(root.Certificate); err == nil && c.Subject.CommonName == "ISRG Root X1" {
			return root.Certificate
		}
	}
	t.Fatal("the bundle lacks ISRG Root X1")
	return nil
}

// unpacked is a folder with the image's files, owned as in the image where this program may do that.
func unpacked(t *testing.T, image v1.Image) string {
	t.Helper()
	root := t.TempDir()
	files := mutate.Extract(image)
	defer func() { _ = files.Close() }()
	tar := exec.CommandContext(t.Context(), "tar", "--extract", "--directory="+root, "--same-permissions", "--numeric-owner")
	tar.Stdin = files
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return root
}

// runs starts the program as the image's user, with the image's files and no others.
func runs(t *testing.T, index v1.ImageIndex) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may give a program another root folder")
	}
	root := unpacked(t, of(t, index, runtime.GOARCH))
	for _, folder := range []string{root, filepath.Dir(root)} {
		if err := os.Chmod(folder, 0o755); err != nil { // the image's user has to pass
			t.Fatal(err)
		}
	}
	inside := func(args ...string) string {
		program := exec.CommandContext(t.Context(), "/manager", args...)
		program.Dir, program.Env = "/", []string{"PATH=/"}
		program.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := program.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := inside("version"); !strings.Contains(out, "v1.2.3") {
		t.Errorf("it says %q", out)
	}
	// and it may write where SQLite keeps its file
	inside("keys", "init", "/var/lib/account-operator/keyset.json")
}

func isPulled(t *testing.T, archive string, index v1.ImageIndex) {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	to := strings.TrimPrefix(server.URL, "http://") + "/team/account-operator:v1.2.3"
	if err := run(t.Context(), maker{}, archive, to); err != nil {
		t.Fatal(err)
	}
	reference, err := name.ParseReference(to)
	if err != nil {
		t.Fatal(err)
	}
	pulled, err := remote.Index(reference)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(pulled); err != nil {
		t.Error(err)
	}
	want, _ := index.Digest()
	if got, err := pulled.Digest(); got != want || err != nil {
		t.Errorf("pulled %s, wanted %s: %v", got, want, err)
	}
}

// Given a name as manifests have it, when the archive is loaded into a node, then the runtime finds the image by that name.
func TestImage_Named_AsRuntimesLookForIt(t *testing.T) {
	programs := t.TempDir()
	if err := os.WriteFile(filepath.Join(programs, "manager-linux-amd64"), []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	for named, want := range map[string]string{
		"account-operator:dev":            "docker.io/library/account-operator:dev",
		"registry.example.com/team/x:v1":  "registry.example.com/team/x:v1",
		"localhost:5000/account-operator": "localhost:5000/account-operator:latest",
	} {
		archive := filepath.Join(t.TempDir(), "image.tar")
		if err := run(t.Context(), maker{programs: programs, program: "manager", name: named}, archive, ""); err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		if err := unpack(archive, folder); err != nil {
			t.Fatal(err)
		}
		if index := string(read(t, folder, "index.json")); !strings.Contains(index, `"`+want+`"`) {
			t.Errorf("%s: %s", named, index)
		}
	}
}

func TestImage_OfWhatIsNotThere_IsRefusedAndLeavesNothing(t *testing.T) {
	for what, c := range map[string]struct {
		m             maker
		archive, push string
		want          string
	}{
		"no archive":                  {maker{}, "", "", "-archive is missing"},
		"no programs":                 {maker{programs: t.TempDir(), program: "manager"}, "image.tar", "", "has no manager-linux-ARCH"},
		"pushed before it is made":    {maker{}, "image.tar", "registry.example.com/x:v1", "image.tar"},
		"pushed to a registry's root": {maker{}, "image.tar", "x", "-push"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := run(t.Context(), c.m, c.archive, c.push); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
