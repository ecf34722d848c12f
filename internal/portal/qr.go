package portal

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/account-operator/account-operator/internal/store"
)

// quiet is how many modules stay white around the picture: cameras find it by them.
const quiet = 4

// qrOf is a picture that apps read, as a part of the page. It is black on white in both themes: some cameras read it in no other way.
func qrOf(text store.Secret) (template.HTML, error) {
	code, err := qr.Encode(string(text.Reveal()), qr.M, qr.Auto)
	if err != nil {
		return "", err
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if red, _, _, _ := code.At(x, y).RGBA(); red == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	all := size + 2*quiet
	return template.HTML(fmt.Sprintf( //nolint:gosec // numbers alone
		`<svg class="qr" role="img" aria-label="QR code for your app" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
			`<rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="%s"/></svg>`, all, all, all, all, path.String())), nil
}
