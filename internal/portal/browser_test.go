package portal_test

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/account-operator/account-operator/internal/portal"
	"github.com/account-operator/account-operator/test/browser"
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
	Goto    string `json:"goto,omitempty"`    // another page of the site
}

// sight is what the browser saw of a page.
type sight struct {
	Name       string
	Focused    string   // where the focus is when the page has loaded
	Stops      []string // of the Tab key; "..." for more of them
	Complaints []string // of the browser: what the policy forbade, what did not load
	Tree       string   // what a screen reader gets
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

func TestPages_InABrowserByKeyboard_WorkWithoutJavaScript(t *testing.T) {
	b := browser.OrSkip(t, "../../hack/browser")
	s := newScene(t)
	branded := newSceneWith(t, portal.Options{Brand: exampleCloud(t)})
	visits := append(browsed(s), visit{Name: "branded", URL: branded.url + "/expired", want: sight{
		Stops: []string{"ChoosePassword", "email", "Send a new link", "Deutsch"}, Tree: `paragraph: Example & Söhne Cloud`}})
	var sights []sight
	b.Run(t, "look.mjs", map[string]any{"screenshots": browser.Folder(t, *screenshots), "visits": visits}, &sights)
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

// browsed are all pages: how one gets there, where the Tab key stops on them, and what a screen reader reads out.
func browsed(s *scene) []visit {
	link := func(path string, email string) string {
		return s.url + path + "?token=" + string(s.mailed(email).Reveal())
	}
	s.newAccount("alice", "System")
	s.newAccount("dora", "Dark")
	s.settledAccount("bob")
	s.resetFor("bob@example.com")
	s.member("carol")
	s.withApp(s.member("guarded"))
	codes := map[string]string{}
	for _, name := range []string{"erin", "fred"} {
		email := s.member(name)
		s.withApp(email)
		codes[name] = s.withCodes(email)
	}
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
				Stops: []string{"Sign in"}, Tree: `heading "Your password is set" [level=1]`}},
		{Name: "expired", URL: s.url + "/verify", want: sight{
			Stops: []string{"ChoosePassword", "email", "Send a new link"},
			Tree:  `group "What is it for?"|radio "Choose a password" [checked]|radio "Confirm my address only"|textbox "Address of your account"`}},
		{Name: "expired-problem", URL: s.url + "/expired", Steps: []step{tab, tab, {Type: "alice"}, submit}, want: sight{
			Focused: "problems", Stops: []string{"Enter an address like name@example.com.", "ChoosePassword", "email", "Send a new link"},
			Tree: `alert|link "Enter an address like name@example.com."`}},
		{Name: "asked", URL: s.url + "/expired", Steps: []step{tab, {Press: "ArrowDown"}, tab, {Type: "nobody@example.com"}, tab, submit}, want: sight{
			Stops: []string{"Sign in"}, Tree: `heading "Check your mail" [level=1]`}},
		{Name: "sign-in", URL: s.url + "/sign-in", want: sight{
			Stops: []string{"email", "password", "Sign in", "I do not know my password", "Deutsch"},
			Tree:  `heading "Sign in" [level=1]|textbox "Address of your account"|textbox "Password"|button "Sign in"`}},
		{Name: "code", URL: s.url + "/sign-in", Steps: signsIn("guarded"), want: sight{
			Stops: []string{"code", "Sign in", "Back", "Deutsch"}, Tree: `heading "Enter a code" [level=1]|textbox "Code"`}},
		{Name: "settings", URL: s.url + "/sign-in", Steps: signsIn("carol"), want: sight{
			Stops: []string{"Sign out", "Change the password", "Set it up", "1 browser", "..."},
			Tree:  `heading "Your settings" [level=1]|button "Sign out carol@example.com"|region "Account security"`}},
		{Name: "set-up", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/two-factor/add"}), want: sight{
			Stops: []string{"Sign out", "Your settings", "code", "name", "Add the app", "Deutsch"},
			Tree:  `heading "Add an authenticator app" [level=1]|img "QR code for your app"|textbox "Code"|textbox "A name for the app"`}},
		{Name: "change-password", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/password"}), want: sight{
			Stops: []string{"Sign out", "Your settings", "username", "current", "password", "repeat", "Change password", "Deutsch"},
			Tree:  `textbox "Your present password"|textbox "New password"|button "Change password"`}},
		{Name: "factors", URL: s.url + "/sign-in", Steps: append(signsIn("erin"), tab, step{Type: codes["erin"]}, submit, step{Goto: "/settings/two-factor"}), want: sight{
			Stops: []string{"Sign out", "Your settings", "name-0", "Rename", "Remove", "Add an app", "Make new codes", "Deutsch"},
			Tree:  `heading "Second factor" [level=1]|textbox "Name"|button "Rename phone"|button "Remove phone"|region "Backup codes"`}},
		{Name: "backup-codes", URL: s.url + "/sign-in",
			Steps: append(signsIn("fred"), tab, step{Type: codes["fred"]}, submit, step{Goto: "/settings/two-factor"},
				tab, tab, tab, tab, tab, tab, tab, submit), want: sight{
				Stops: []string{"Sign out", "Save them as a file", "I have kept them"}, Tree: `heading "Save your backup codes" [level=1]|link "Save them as a file"`}},
		{Name: "sessions", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/sessions"}), want: sight{
			Stops: []string{"Sign out", "Your settings", "End", "End", "End", "Sign out everywhere else", "Change the password", "Deutsch"},
			Tree:  `heading "Where you are signed in" [level=1]|button "Sign out everywhere else"`}},
		{Name: "variables", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/variables"},
			tab, tab, tab, step{Type: "TOKEN"}, tab, step{Type: "value"}, tab, submit), want: sight{
			Stops: []string{"Sign out", "Your settings", "Replace", "Delete", "name", "value", "Add", "text", "Save all"},
			Tree:  `status: 1 added.|textbox "Name"|textbox "Value"|textbox "Lines of a .env file"|button "Delete TOKEN"`}},
		{Name: "variables-problem", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/variables"},
			tab, tab, tab, tab, tab, tab, tab, tab, step{Type: "A B=1"}, tab, submit), want: sight{
			Focused: "problems", Stops: []string{"Sign out", "..."}, Tree: `alert|Line 1, column 3`}},
		{Name: "connections", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/connections"}), want: sight{
			Stops: []string{"Sign out", "Your settings", "Connect Amazon S3", "Connect Backblaze", "Connect Dropbox", "Deutsch"},
			Tree:  `heading "Cloud connections" [level=1]|link "Connect Dropbox"`}},
		{Name: "connect", URL: s.url + "/sign-in", Steps: append(signsIn("carol"), step{Goto: "/settings/connections/new?type=AmazonS3"}), want: sight{
			Stops: []string{"Sign out", "Cloud connections", "displayName", "bucket", "region", "endpoint", "accessKeyID", "secretAccessKey", "Connect"},
			Tree:  `textbox "Bucket"|textbox "Secret access key"|button "Connect"`}},
		{Name: "nothing-here", URL: s.url + "/elsewhere", want: sight{Stops: []string{"Sign in"}, Tree: `heading "There is nothing here" [level=1]`}},
	}
}

// signsIn gives the password of a member.
func signsIn(name string) []step {
	return []step{tab, {Type: name + "@example.com"}, tab, {Type: fine}, submit}
}

func assertSight(t *testing.T, want, got sight) {
	if at := slices.Index(want.Stops, "..."); at >= 0 && at < len(got.Stops) {
		want.Stops, got.Stops = want.Stops[:at], got.Stops[:at]
	}
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
