package portal

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed pages
var files embed.FS

// asset is a file that pages refer to. Its path names its content, so that it may be kept for ever and is never stale.
type asset struct {
	path    string
	content []byte
}

var (
	stylesheet = newAsset("portal.css")
	icon       = newAsset("icon.svg")
)

func newAsset(name string) asset {
	content, err := files.ReadFile("pages/" + name)
	if err != nil {
		panic(err) // it is compiled in
	}
	return assetOf(name, content)
}

func assetOf(name string, content []byte) asset {
	sum := sha256.Sum256(content)
	stem, extension, _ := strings.Cut(name, ".")
	return asset{path: "/assets/" + stem + "-" + hex.EncodeToString(sum[:6]) + "." + extension, content: content}
}

func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, path.Base(a.path), time.Time{}, bytes.NewReader(a.content))
}
