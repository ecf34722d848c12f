package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// archive is the name of the image's file in a release: an OCI archive, for all platforms of Linux that programs are built for.
const archive = "image.tar"

// pack makes the image of the programs that were built, by the tool in the commit.
func (r *release) pack(ctx context.Context) error {
	if !slices.ContainsFunc(r.platforms, func(p string) bool { return strings.HasPrefix(p, "linux/") }) {
		return nil // there is no program that a container could run
	}
	_, err := in(ctx, filepath.Join(r.source, "hack", "image"), []string{"CGO_ENABLED=0", "GOWORK=off"}, "go", "run", ".",
		"-programs="+r.out, "-version="+r.version, "-name="+r.image+":"+r.version, fmt.Sprintf("-created=%d", r.made.Unix()),
		"-archive="+filepath.Join(r.out, archive))
	return err
}
