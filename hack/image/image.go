package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// maker makes the image for each platform, and the index that has them all.
type maker struct {
	programs string // folder
	program  string // name of what runs, and the start of the names of its files: manager-linux-amd64
	version  string
	name     string
	created  time.Time // of everything
}

// file is how an architecture's program is called, all for Linux.
func (m maker) file(architecture string) string { return m.program + "-linux-" + architecture }

// nobody is whom the manager runs as. The manifests say so, too.
const nobody = 65532

// index is the image for all platforms.
func (m maker) index() (v1.ImageIndex, error) {
	programs, err := filepath.Glob(filepath.Join(m.programs, m.file("*"))) // sorted
	if err != nil {
		return nil, err
	}
	if len(programs) == 0 {
		return nil, fmt.Errorf("%s has no %s", m.programs, m.file("ARCH"))
	}
	base, err := m.base()
	if err != nil {
		return nil, err
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, path := range programs {
		architecture := strings.TrimPrefix(filepath.Base(path), m.file(""))
		image, err := m.image(base, path, architecture)
		if err != nil {
			return nil, fmt.Errorf("linux/%s: %w", architecture, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: architecture}},
		})
	}
	return index, nil
}

// image is the base with one architecture's program.
func (m maker) image(base v1.Layer, path, architecture string) (v1.Image, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	top, err := m.layer(file{name: m.program, mode: 0o755, content: content})
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if image, err = mutate.ConfigFile(image, m.config(architecture)); err != nil {
		return nil, err
	}
	return mutate.Append(image,
		mutate.Addendum{Layer: base, History: m.history("certificates of public authorities, users")},
		mutate.Addendum{Layer: top, History: m.history(m.program + " " + m.version)})
}

func (m maker) config(architecture string) *v1.ConfigFile {
	return &v1.ConfigFile{
		OS: "linux", Architecture: architecture, Created: v1.Time{Time: m.created},
		Config: v1.Config{
			User: fmt.Sprintf("%d:%d", nobody, nobody), Entrypoint: []string{"/" + m.program}, WorkingDir: "/",
			Env: []string{"PATH=/"},
			Labels: map[string]string{
				"org.opencontainers.image.title":    "account-operator",
				"org.opencontainers.image.version":  m.version,
				"org.opencontainers.image.source":   "https://github.com/account-operator/account-operator",
				"org.opencontainers.image.licenses": "Apache-2.0",
			},
		},
		RootFS: v1.RootFS{Type: "layers"},
	}
}

func (m maker) history(what string) v1.History {
	return v1.History{Created: v1.Time{Time: m.created}, CreatedBy: "hack/image", Comment: what}
}
