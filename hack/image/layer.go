package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// file is a file of a layer, or a folder where its name ends in a slash.
type file struct {
	name    string
	mode    int64
	owner   int
	content []byte
}

// certificates is where Go's programs look first.
const certificates = "etc/ssl/certs/ca-certificates.crt"

// base is what every program needs and the program does not bring.
func (m maker) base() (v1.Layer, error) {
	return m.layer(
		file{name: "etc/", mode: 0o755},
		file{name: "etc/group", mode: 0o644, content: []byte("root:x:0:\nnonroot:x:65532:\n")},
		file{name: "etc/passwd", mode: 0o644, content: []byte("root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n")},
		file{name: "etc/ssl/", mode: 0o755},
		file{name: "etc/ssl/certs/", mode: 0o755},
		file{name: certificates, mode: 0o644, content: authorities()},
		file{name: "tmp/", mode: 0o1777},
		file{name: "var/", mode: 0o755},
		file{name: "var/lib/", mode: 0o755},
		// Where SQLite keeps its file, for those who mount no volume there.
		file{name: "var/lib/account-operator/", mode: 0o755, owner: nobody},
	)
}

// authorities are those that Mozilla trusts without conditions: a file of certificates cannot say them. They come from a Go
// module, so that they are the same on every machine, and are renewed as modules are.
func authorities() []byte {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer takes everything
		}
	}
	return text.Bytes()
}

// layer has the files in their order, each with the image's time.
func (m maker) layer(files ...file) (v1.Layer, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, f := range files {
		header := &tar.Header{
			Name: f.name, Mode: f.mode, Uid: f.owner, Gid: f.owner, Size: int64(len(f.content)), ModTime: m.created,
			Typeflag: tar.TypeReg, Format: tar.FormatPAX,
		}
		if f.content == nil {
			header.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
}
