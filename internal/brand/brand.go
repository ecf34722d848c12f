// Package brand is whose pages and mails they are: the name and the logo of an installation.
package brand

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a logo may be one
	_ "image/png"  // or one of these
	"io"
	"os"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/legible"
)

// What a logo may take: it goes with every mail.
const (
	maxLogoBytes  = 64 << 10
	maxLogoPixels = 1024 // on each side
	maxName       = 64
)

// Brand is the name and logo; the zero Brand is none.
type Brand struct {
	Name string
	Logo *Logo // nil: none
}

// Logo is a picture as it was given.
type Logo struct {
	Content       []byte
	Format        string // "png" or "jpeg"
	Width, Height int    // in pixels
}

// MediaType is what a header calls it.
func (l *Logo) MediaType() string { return "image/" + l.Format }

// WidthAt is how wide it is when it is so high, and no wider than most.
func (l *Logo) WidthAt(height, most int) int { return max(1, min(most, l.Width*height/l.Height)) }

// CheckName refuses what is not one line of what can be seen. An empty name is none.
func CheckName(name string) error {
	switch {
	case !legible.IsLine(name):
		return errors.New("a name is one line of characters that can be seen")
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("a name has at most %d characters", maxName)
	}
	return nil
}

// ReadLogo reads a PNG or JPEG. An SVG can hold scripts and links, and mail programs do not show it.
func ReadLogo(path string) (*Logo, error) {
	file, err := os.Open(path) //nolint:gosec // it is the operator's own flag
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxLogoBytes+1))
	if err != nil {
		return nil, err
	}
	return parseLogo(content)
}

func parseLogo(content []byte) (*Logo, error) {
	if len(content) > maxLogoBytes {
		return nil, fmt.Errorf("a logo has at most %d KiB, since it goes with every mail", maxLogoBytes>>10)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, errors.New("a logo is a PNG or a JPEG")
	}
	if config.Width > maxLogoPixels || config.Height > maxLogoPixels || config.Width < 1 || config.Height < 1 {
		return nil, fmt.Errorf("a logo has at most %d pixels on each side", maxLogoPixels)
	}
	if _, _, err := image.Decode(bytes.NewReader(content)); err != nil {
		return nil, fmt.Errorf("the logo is broken: %w", err)
	}
	return &Logo{Content: content, Format: format, Width: config.Width, Height: config.Height}, nil
}
