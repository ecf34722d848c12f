package portal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var screenshots = flag.String("screenshots", "", "folder that gets a picture of every page")

// visit is a page to look at, and the keys that lead to it.
type visit struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Steps []step `json:"steps"`
	want  sight
}

// step is what a visitor does at the keyboard.
type step struct {
	Type    string `json:"type,omitempty"`
	Press   string `json:"press,omitempty"`
	Submits bool   `json:"submits,omitempty"` // the key sends the form
}

// sight is what the browser saw of a page.
type sight struct {
	Name       string
	Focused    string   // where the focus is when the page has loaded
	Stops      []string // of the Tab key
	Complaints []string // of the browser: what the policy forbade, what did not load
	Tree       string   // what a screen reader is told
	Looks      []look
}

type look struct {
	Scheme     string
	Width      int
	Text       string
	Axe        bool     // it was asked
	Violations []string // of accessibility, as axe-core finds them
	Overflows  bool     // one has to scroll sideways
	Small      []string // targets that are hard to hit
	Background string
}

var (
	tab    = step{Press: "Tab"}
	submit = step{Press: "Enter", Submits: true}
)

func TestPagesInABrowserByKeyboardWithoutJavaScript(t *testing.T) {
	browser, node := browserOrSkip(t)
	s := newScene(t)
	visits := browsed(s)
	sights := lookAt(t, browser, node, visits)
	if len(sights) != len(visits) {
		t.Fatalf("%d pages were looked at, wanted %d", len(sights), len(visits))
	}
	for i, v := range visits {
		t.Run(v.Name, func(t *testing.T) { assertSight(t, v.want, sights[i]) })
	}
	if alice := "alice@example.com"; !s.verified(alice) || !opens(t, s.password(alice), fine) {
		t.Error("by keyboard alone, the address is not confirmed or the password not chosen")
	}
}

// browsed are all pages: how one gets there, where the Tab key stops on them, and what a screen reader tells.
func browsed(s *scene) []visit {
	link := func(path string, email string) string {
		return s.url + path + "?token=" + string(s.mailed(email).Reveal())
	}
	s.newAccount("alice", "System")
	s.newAccount("dora", "Dark")
	s.settledAccount("bob")
	s.resetFor("bob@example.com")
	return []visit{
		{Name: "confirm", URL: link("/verify", "alice@example.com"), want: sight{
			Stops: []string{"Confirm address"}, Tree: `heading "Confirm your address" [level=1]|button "Confirm address"`}},
		{Name: "confirm-dark-theme", URL: link("/verify", "dora@example.com"), want: sight{
			Stops: []string{"Confirm address"}, Tree: `button "Confirm address"`}},
		{Name: "password", URL: link("/password", "bob@example.com"), want: sight{
			Stops: []string{"username", "password", "repeat", "Set password"},
			Tree:  `textbox "Account"|textbox "New password"|textbox "The same password again"|button "Set password"`}},
		{Name: "password-problem", URL: link("/password", "bob@example.com"),
			Steps: []step{tab, tab, {Type: "password1234"}, tab, {Type: "password1234"}, submit}, want: sight{
				Focused: "problems", Stops: []string{"This password is one of the first that would be tried. Choose another one.", "username", "password", "repeat", "Set password"},
				Tree: `alert|link "This password is one of the first that would be tried. Choose another one."`}},
		{Name: "password-set", URL: link("/verify", "alice@example.com"),
			Steps: []step{tab, submit, tab, tab, {Type: fine}, tab, {Type: fine}, tab, submit}, want: sight{
				Tree: `heading "Your password is set" [level=1]`}},
		{Name: "expired", URL: s.url + "/verify", want: sight{
			Stops: []string{"ChoosePassword", "email", "Send a new link"},
			Tree:  `group "What is it for?"|radio "Choose a password" [checked]|radio "Confirm my address only"|textbox "Address of your account"`}},
		{Name: "expired-problem", URL: s.url + "/expired", Steps: []step{tab, tab, {Type: "alice"}, submit}, want: sight{
			Focused: "problems", Stops: []string{"Enter an address like name@example.com.", "ChoosePassword", "email", "Send a new link"},
			Tree: `alert|link "Enter an address like name@example.com."`}},
		{Name: "asked", URL: s.url + "/expired", Steps: []step{tab, {Press: "ArrowDown"}, tab, {Type: "nobody@example.com"}, tab, submit}, want: sight{
			Tree: `heading "Check your mail" [level=1]`}},
		{Name: "nothing-here", URL: s.url + "/", want: sight{Tree: `heading "There is nothing here" [level=1]`}},
	}
}

func assertSight(t *testing.T, want, got sight) {
	if diff := cmp.Diff(want.Stops, got.Stops, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the Tab key stops elsewhere (-want +got):\n%s", diff)
	}
	if got.Focused != want.Focused {
		t.Errorf("the focus is on %q, wanted %q", got.Focused, want.Focused)
	}
	if len(got.Complaints) > 0 {
		t.Errorf("the browser complains: %v", got.Complaints)
	}
	for part := range strings.SplitSeq(want.Tree, "|") {
		if !strings.Contains(got.Tree, part) {
			t.Errorf("a screen reader is not told of %s, but:\n%s", part, got.Tree)
		}
	}
	assertLooks(t, got)
}

func assertLooks(t *testing.T, got sight) {
	judged, backgrounds := 0, map[string]string{}
	for _, l := range got.Looks {
		backgrounds[l.Scheme] = l.Background
		if l.Axe {
			judged++
		}
		if len(l.Violations)+len(l.Small) > 0 || l.Overflows {
			t.Errorf("%s, %d pixels, text %s: violations %q, too small %q, scrolls sideways %t",
				l.Scheme, l.Width, l.Text, l.Violations, l.Small, l.Overflows)
		}
	}
	fixed := got.Name == "confirm-dark-theme"
	if judged != 2 || (backgrounds["light"] == backgrounds["dark"]) != fixed {
		t.Errorf("backgrounds %v, judged %d times", backgrounds, judged)
	}
}

const browserFolder = "../../hack/browser"

// browserOrSkip skips where make could not install it.
func browserOrSkip(t *testing.T) (browser, node string) {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil && browser == "" {
			browser = path
		}
	}
	node, err := exec.LookPath("node")
	_, packages := os.Stat(filepath.Join(browserFolder, "node_modules", "playwright-core"))
	if browser == "" || err != nil || packages != nil {
		t.Skip("no browser to look at the pages with; next step: hack/install-browser.sh")
	}
	return browser, node
}

func lookAt(t *testing.T, browser, node string, visits []visit) (sights []sight) {
	t.Helper()
	folder := *screenshots
	if folder != "" {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			t.Fatal(err)
		}
		folder = absolute
	}
	asked, err := json.Marshal(map[string]any{"browser": browser, "screenshots": folder, "visits": visits})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var answer, complaint bytes.Buffer
	script := exec.CommandContext(ctx, node, "look.mjs")
	script.Dir, script.Stdin, script.Stdout, script.Stderr = browserFolder, bytes.NewReader(asked), &answer, &complaint
	script.Cancel = func() error { return script.Process.Signal(syscall.SIGTERM) } // it ends the browser, too
	script.WaitDelay = 5 * time.Second
	if err := script.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	if err := json.Unmarshal(answer.Bytes(), &sights); err != nil {
		t.Fatal(err)
	}
	return sights
}
