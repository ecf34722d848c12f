package portal

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/account-operator/account-operator/internal/store"
)

// quiet is how many modules stay white around the picture: cameras find it by them.
const quiet = 4

// picture is a QR code as a part of a page: a square of so many modules, and the path around those that are black.
type picture struct {
	Size int
	Path string
}

// qrOf is what apps read. It is black on white in both themes: some cameras read it in no other way.
func qrOf(text store.Secret) (picture, error) {
	code, err := qr.Encode(string(text.Reveal()), qr.M, qr.Auto)
	if err != nil {
		return picture{}, err
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
	return picture{size + 2*quiet, path.String()}, nil
}
