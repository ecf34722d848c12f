package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stamp knows what the programs in bin would be built from, and what they were
// built from.
type stamp struct {
	bin        string
	set        set
	kubernetes string // release, "v1.37.2"
	digest     string // of all that decides how the programs come out
}

func readStamp(ctx context.Context, bin string, of set) (*stamp, error) {
	version, err := goCommand(ctx, "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes").Output()
	if err != nil {
		return nil, fmt.Errorf("reading the version of Kubernetes from go.mod: %w", err)
	}
	s := &stamp{bin: bin, set: of, kubernetes: strings.TrimSpace(string(version))}
	toolchain, err := goCommand(ctx, "env", "GOVERSION", "GOOS", "GOARCH").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s%v%s\n", toolchain, of.programs, linkerFlags(s.kubernetes))
	for _, file := range of.modules() {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sum.Write(content)
	}
	s.digest = hex.EncodeToString(sum.Sum(nil))
	return s, nil
}

// modules are the files that say what a set's programs are made of, each once.
func (s set) modules() (files []string) {
	for _, p := range s.programs {
		for _, name := range []string{"go.mod", "go.sum"} {
			if file := filepath.Join(p.module, name); !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files
}

// current reports whether every program is there and built from what go.mod says
// now.
func (s *stamp) current() bool {
	for _, p := range s.set.programs {
		if _, err := os.Stat(filepath.Join(s.bin, p.name)); err != nil {
			return false
		}
	}
	was, err := os.ReadFile(s.path())
	return err == nil && string(was) == s.digest
}

// write comes last in a build: an interrupted one is taken up again.
func (s *stamp) write() error {
	return os.WriteFile(s.path(), []byte(s.digest), 0o644)
}

func (s *stamp) path() string { return filepath.Join(s.bin, ".stamp-"+s.set.name) }
