package portal_test

import (
	"fmt"
	"image"
	"image/draw"
	_ "image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/browser"
)

// pictures is where the pictures of the documentation are.
const pictures = "../../docs/images/settings"

// Given the page of a holder who uses each section, then each looks as in the documentation. Whoever changed the looks and meant to:
// go test ./internal/portal -run Pictures -update, and look at what that wrote.
func TestPictures_OfEachSection_AreThoseOfTheDocumentation(t *testing.T) {
	b := browser.OrSkip(t, "../../hack/browser")
	s := newScene(t)
	s.inUse("alice")
	folder := t.TempDir()
	if portal.Update() {
		folder = browser.Folder(t, pictures)
	}
	made := s.pictured(b, folder, shot{Scheme: "light", Width: 1280}, shot{Scheme: "dark", Width: 320})
	for _, name := range made {
		t.Run(name, func(t *testing.T) {
			if why := unlike(pictureAt(t, filepath.Join(pictures, name)), pictureAt(t, filepath.Join(folder, name))); why != "" {
				t.Errorf("it looks other than %s: %s; next step, if that is meant: go test ./internal/portal -run Pictures -update", filepath.Join(pictures, name), why)
			}
		})
	}
	if all, err := fs.Glob(os.DirFS(pictures), "*.png"); err != nil || len(all) != len(made) {
		t.Errorf("%d pictures are kept and %d were made, %v", len(all), len(made), err)
	}
}

// shot is how the page is looked at: with a style that it does not have, its name is added to that of a picture.
type shot struct {
	Scheme string `json:"scheme"`
	Width  int    `json:"width"`
	Style  string `json:"style,omitempty"`
	Called string `json:"called,omitempty"`
}

// pictured are the names of the pictures of alice's page in the folder.
func (s *scene) pictured(b browser.Browser, folder string, looks ...shot) (made []string) {
	s.Helper()
	b.Run(s.T, "sections.mjs", map[string]any{
		"folder": folder, "url": s.url, "email": "alice@example.com", "password": fine, "looks": looks,
	}, &made)
	return made
}

// Given the page in fonts of other machines, then it counts as the same; and as another where something is gone, or has another colour or place.
func TestPictures_OtherFontsAndOtherLooks_AreToldApart(t *testing.T) {
	b := browser.OrSkip(t, "../../hack/browser")
	s := newScene(t)
	s.inUse("alice")
	folder := t.TempDir()
	font := func(family string) string { return "* { font-family: '" + family + "' !important; }" }
	judged := []struct {
		called, style string
		of            string // the section where it is seen; "" for the same everywhere
	}{
		{"-again", "", ""},
		{"-condensed", font("DejaVu Sans Condensed"), ""},
		{"-serif", font("DejaVu Serif"), ""},
		{"-mono", font("DejaVu Sans Mono"), ""},
		{"-no-button", "button { visibility: hidden }", "invoice"},
		{"-red", "button { background: #b3261e !important }", "appearance"},
		{"-no-fields", "#invoice .field:nth-child(-n+3) { display: none }", "invoice"},
		{"-to-the-right", "h2, label, dl { text-align: right; margin-left: 40% }", "security"},
		{"-no-title", "h2 { display: none }", "connections"},
		{"-no-list", "dl { visibility: hidden }", "security"},
	}
	looks := []shot{{Scheme: "light", Width: 1280}}
	for _, j := range judged {
		looks = append(looks, shot{Scheme: "light", Width: 1280, Style: j.style, Called: j.called})
	}
	s.pictured(b, folder, looks...)
	sections, err := filepath.Glob(filepath.Join(folder, "*-1280.png"))
	s.must(err)
	for _, j := range judged {
		for _, path := range sections {
			id := strings.TrimSuffix(filepath.Base(path), "-light-1280.png")
			why := unlike(pictureAt(t, path), pictureAt(t, strings.TrimSuffix(path, ".png")+j.called+".png"))
			if (j.of == "" && why != "") || (j.of == id && why == "") {
				t.Errorf("%s: of the section %s it is said %q", j.called, id, why)
			}
		}
	}
}

// inUse is a member who has something in each section, some of it from the platform team.
func (s *scene) inUse(name string) {
	s.Helper()
	b := s.signedIn(name, func(want *store.AccountSpec) {
		company, tax := "Example GmbH", "DE123456789"
		want.Invoice.Company, want.Invoice.TaxID = &company, &tax
	})
	b.post("/settings/variables/paste", "text", "HF_TOKEN=x\nLOG_LEVEL=info")
	b.post("/settings/connections", ofS3...)
	b.post("/settings/invoice", "invoice.name", "Alice", "invoice.address.line1", "Hauptstr. 1", "invoice.address.city", "Berlin")
	b.post("/settings/notifications", "notifications.newsletter", "on", "notifications.events.outbid", "Disabled")
	b.post("/sign-out")
}

// rows and columns of the grid that pictures are compared on.
const grid = 12

// How far a picture may be from the one that is kept. Among the fonts of the DejaVu family, condensed, serif and monospaced, the most that was
// measured was the same height, 3 cells of 144 that are far, and 2.9 shades over all. So another machine's fonts pass, and so does what is a small
// part of a long section: a heading that is gone from the form for invoices moves it by 1.7 shades.
const (
	maxTaller = 0.25 // of the height, for a line more
	maxCell   = 28.0 // shades, of 255, between two cells that are not far
	maxCells  = 0.03 // of all cells may be far
	maxMean   = 3.5  // shades, over all cells
)

// unlike is why two pictures do not look alike, or "". They are stretched to one grid, whose cells are as bright as what is in them.
func unlike(a, b *image.NRGBA) string {
	height := func(i *image.NRGBA) float64 { return float64(i.Bounds().Dy()) }
	if a.Bounds().Dx() != b.Bounds().Dx() {
		return fmt.Sprintf("%d and %d pixels wide", a.Bounds().Dx(), b.Bounds().Dx())
	}
	if taller := math.Abs(height(a)-height(b)) / height(a); taller > maxTaller {
		return fmt.Sprintf("%.0f and %.0f pixels high", height(a), height(b))
	}
	cellsOfA, cellsOfB := cells(a), cells(b)
	far, sum := 0, 0.0
	for n := range cellsOfA {
		difference := 0.0
		for channel := range cellsOfA[n] {
			difference = max(difference, math.Abs(cellsOfA[n][channel]-cellsOfB[n][channel]))
		}
		sum += difference
		if difference > maxCell {
			far++
		}
	}
	if share, mean := float64(far)/(grid*grid), sum/(grid*grid); share > maxCells || mean > maxMean {
		return fmt.Sprintf("%.0f %% of its parts are far from what they were, and all of them by %.1f shades", 100*share, mean)
	}
	return ""
}

// cells are the mean of red, green and blue of each part.
func cells(of *image.NRGBA) (all [grid * grid][3]float64) {
	size := of.Bounds()
	for n := range all {
		x0, x1 := n%grid*size.Dx()/grid, (n%grid+1)*size.Dx()/grid
		y0, y1 := n/grid*size.Dy()/grid, (n/grid+1)*size.Dy()/grid
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				at, pixels := of.NRGBAAt(x, y), float64((x1-x0)*(y1-y0))
				for channel, shade := range [3]uint8{at.R, at.G, at.B} {
					all[n][channel] += float64(shade) / pixels
				}
			}
		}
	}
	return all
}

func pictureAt(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatalf("there is no picture of this section yet: %v; next step: go test ./internal/portal -run Pictures -update", err)
	}
	defer func() { _ = file.Close() }()
	picture, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	plain := image.NewNRGBA(image.Rect(0, 0, picture.Bounds().Dx(), picture.Bounds().Dy()))
	draw.Draw(plain, plain.Rect, picture, picture.Bounds().Min, draw.Src)
	return plain
}
