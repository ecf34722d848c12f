package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// writeArchive writes an OCI image layout into one file, as podman load, ctr images import, kind load image-archive and skopeo take it.
func writeArchive(path string, index v1.ImageIndex, named string) (err error) {
	folder, err := os.MkdirTemp("", "account-operator-image-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	written, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	var options []layout.Option
	if named != "" {
		reference, err := name.ParseReference(named)
		if err != nil {
			return err
		}
		options = append(options, layout.WithAnnotations(map[string]string{
			// Runtimes call Docker's own registry by its other name, and look for an image by that.
			"io.containerd.image.name": strings.Replace(reference.Name(), name.DefaultRegistry, "docker.io", 1), "org.opencontainers.image.ref.name": reference.Identifier(),
		}))
	}
	if err := written.AppendIndex(index, options...); err != nil {
		return err
	}
	return pack(path, folder)
}

// pack writes the files of a folder in the order of their names, and nothing of this machine.
func pack(path, folder string) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := tar.NewWriter(out)
	err = fs.WalkDir(os.DirFS(folder), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: file, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	return errors.Join(err, w.Close())
}

// pushed pushes the archive's image to a registry, with the access that docker login left, and returns its digest.
func pushed(ctx context.Context, archive, to string) (digest v1.Hash, err error) {
	tag, err := name.NewTag(to, name.StrictValidation)
	if err != nil {
		return digest, fmt.Errorf("-push: %w", err)
	}
	folder, err := os.MkdirTemp("", "account-operator-image-")
	if err != nil {
		return digest, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	index, err := openArchive(archive, folder)
	if err != nil {
		return digest, err
	}
	if err := remote.WriteIndex(tag, index, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
		return digest, fmt.Errorf("push: %w", err)
	}
	return index.Digest()
}

// openArchive unpacks an archive into an empty folder, and returns the one image that it has.
func openArchive(archive, folder string) (v1.ImageIndex, error) {
	if err := unpack(archive, folder); err != nil {
		return nil, err
	}
	all, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return nil, fmt.Errorf("%s is no OCI archive: %w", archive, err)
	}
	list, err := all.IndexManifest()
	if err != nil {
		return nil, err
	}
	if len(list.Manifests) != 1 {
		return nil, fmt.Errorf("%s has %d images", archive, len(list.Manifests))
	}
	return all.ImageIndex(list.Manifests[0].Digest)
}

func unpack(archive, folder string) error {
	in, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	for r := tar.NewReader(in); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("%s has a file outside of it: %q", archive, header.Name)
		}
		if err := save(filepath.Join(folder, header.Name), r); err != nil {
			return err
		}
	}
}

func save(path string, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	return errors.Join(err, out.Close())
}
