package portal_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/brand"
	"github.com/account-operator/account-operator/internal/portal"
)

// exampleCloud has a name that HTML has to spell otherwise, and a logo that is wider than high.
func exampleCloud(t *testing.T) brand.Brand {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 96, 48))
	for x := range 96 {
		for y := range 48 {
			picture.Set(x, y, color.RGBA{R: 0x0b, G: 0x5c, B: 0xad, A: 0xff})
		}
	}
	var content bytes.Buffer
	if err := png.Encode(&content, picture); err != nil {
		t.Fatal(err)
	}
	return brand.Brand{Name: "Example & Söhne Cloud", Logo: &brand.Logo{Content: content.Bytes(), Format: "png", Width: 96, Height: 48}}
}

// Given an installation with a name and a logo, when a page is opened, then it has both; the logo comes from the pages' own server, for
// the content security policy admits no other.
func TestPages_Brand_IsShown(t *testing.T) {
	cloud := exampleCloud(t)
	s := newSceneWith(t, portal.Options{Brand: cloud})

	page := s.get("/").says(t, cloud.Name)

	root := page.parse(t)
	if title := visible(elements(root, "title")[0]); !strings.HasSuffix(title, "| "+cloud.Name) {
		t.Errorf("the title is %q", title)
	}
	picture := elements(root, "img")[0]
	if attribute(picture, "width") != "56" || attribute(picture, "height") != "28" {
		t.Errorf("the logo is %s x %s", attribute(picture, "width"), attribute(picture, "height"))
	}
	logo := s.get(attribute(picture, "src"))
	if logo.status != http.StatusOK || logo.body != string(cloud.Logo.Content) || logo.header.Get("Content-Type") != "image/png" {
		t.Errorf("the logo is answered by %d, %s, %d bytes", logo.status, logo.header.Get("Content-Type"), len(logo.body))
	}
	if !strings.Contains(logo.header.Get("Cache-Control"), "immutable") {
		t.Errorf("the logo is fetched for every page: %s", logo.header.Get("Cache-Control"))
	}
}
