package brand

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for name, says := range map[string]string{
		"": "", "Example Cloud": "", "Größe 田": "", "two\nlines": "one line", "a\u202eb": "one line", strings.Repeat("a", 65): "at most 64",
	} {
		if err := CheckName(name); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Given files of all sorts, when one is read as a logo, then a picture that mails can carry is taken as it is, and all else is refused
// with what a logo has to be.
func TestReadLogo(t *testing.T) {
	picture := func(width, height int) image.Image { return image.NewGray(image.Rect(0, 0, width, height)) }
	var small, wide, photo bytes.Buffer
	err := errors.Join(png.Encode(&small, picture(120, 40)), png.Encode(&wide, picture(1025, 1)), jpeg.Encode(&photo, picture(64, 64), nil))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		format  string
		says    string
	}{
		"a PNG":                  {small.Bytes(), "png", ""},
		"a JPEG":                 {photo.Bytes(), "jpeg", ""},
		"too wide":               {wide.Bytes(), "", "at most 1024 pixels"},
		"too large":              {append(small.Bytes(), make([]byte, 64<<10)...), "", "at most 64 KiB"},
		"an SVG":                 {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "", "a PNG or a JPEG"},
		"a PNG that breaks off":  {small.Bytes()[:50], "", "broken"},
		"a file without content": {nil, "", "a PNG or a JPEG"},
	} {
		path := filepath.Join(t.TempDir(), "logo")
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadLogo(path)
		if c.says == "" {
			if err != nil || got.MediaType() != "image/"+c.format || !bytes.Equal(got.Content, c.content) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadLogo_FileIsNotThere_Fails(t *testing.T) {
	if _, err := ReadLogo(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func TestWidthAt(t *testing.T) {
	for _, c := range []struct{ width, height, want int }{{120, 40, 84}, {1000, 10, 240}, {1, 1000, 1}} {
		if got := (&Logo{Width: c.width, Height: c.height}).WidthAt(28, 240); got != c.want {
			t.Errorf("%d x %d: %d", c.width, c.height, got)
		}
	}
}
