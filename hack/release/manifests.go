package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// unreleased is the image that the manifests of the repository name.
const unreleased = "image: account-operator:dev\n"

// manifests writes dist/install.yaml with the release's image.
func (r *release) manifests(context.Context) error {
	text, err := os.ReadFile(filepath.Join(r.source, "dist", "install.yaml"))
	if err != nil {
		return err
	}
	if n := strings.Count(string(text), unreleased); n != 1 {
		return fmt.Errorf("dist/install.yaml names the image %d times", n)
	}
	released := strings.Replace(string(text), unreleased, "image: "+r.image+":"+r.version+"\n", 1)
	return os.WriteFile(filepath.Join(r.out, "install.yaml"), []byte(released), 0o644)
}
