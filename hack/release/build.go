package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// programs are the folders of cmd, each of which is one.
func (r *release) programs() ([]string, error) {
	folders, err := os.ReadDir(filepath.Join(r.source, "cmd"))
	names := make([]string, len(folders))
	for i, folder := range folders {
		names[i] = folder.Name()
	}
	return names, err
}

// file is the name of a program of a release.
func file(program, platform string) string {
	return strings.Join([]string{program, strings.ReplaceAll(platform, "/", "-")}, "-")
}

// build builds each program for each platform: static, without paths of this machine, and with its version.
func (r *release) build(ctx context.Context) error {
	programs, err := r.programs()
	if err != nil {
		return err
	}
	for _, platform := range r.platforms {
		system, processor, found := strings.Cut(platform, "/")
		if !found {
			return fmt.Errorf("%q is no platform such as linux/amd64", platform)
		}
		for _, program := range programs {
			say("  %s", file(program, platform))
			_, err := in(ctx, r.source, []string{"CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOOS=" + system, "GOARCH=" + processor},
				"go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -X main.version="+r.version,
				"-o", filepath.Join(r.out, file(program, platform)), "./cmd/"+program)
			if err != nil {
				return err
			}
		}
	}
	return nil
}
