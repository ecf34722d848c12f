package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// everyPage is one of each, by name.
func everyPage(t *testing.T, language string) map[string]seen {
	t.Helper()
	s := newScene(t)
	s.language = language
	alice, bob := s.newAccount("alice", "System"), s.settledAccount("bob")
	token := string(s.resetFor(bob).Reveal())
	guarded := s.member("guarded")
	s.withApp(guarded)
	half, whole, other := s.browser(), s.browser(), s.browser()
	other.signInWith(guarded, s.code(0))
	return map[string]seen{
		"sign in":         s.get("/sign-in").shows(t, http.StatusOK, "Sign in"),
		"signed in amiss": s.post("/sign-in", "email", alice, "password", "x").shows(t, http.StatusUnprocessableEntity, "Sign in"),
		"code":            half.signIn(guarded).shows(t, http.StatusOK, "Enter a code"),
		"code amiss":      half.post("/sign-in/code").shows(t, http.StatusUnprocessableEntity, "Enter a code"),
		"password":        other.get("/settings/password").shows(t, http.StatusOK, "Change your password"),
		"changed amiss":   other.post("/settings/password", "password", fine, "repeat", fine).shows(t, http.StatusUnprocessableEntity, "Change your password"),
		"sessions":        other.get("/settings/sessions").shows(t, http.StatusOK, "Where you are signed in"),
		"variables":       other.post("/settings/variables", "name", "A").shows(t, http.StatusOK, "Environment variables"),
		"a variable":      other.get("/settings/variables/edit?name=A").shows(t, http.StatusOK, "Replace a variable"),
		"pasted amiss":    other.post("/settings/variables/paste").shows(t, http.StatusUnprocessableEntity, "Environment variables"),
		"added amiss":     other.post("/settings/variables").shows(t, http.StatusUnprocessableEntity, "Environment variables"),
		"reads":           other.get("/settings/reads").shows(t, http.StatusOK, "Who reads what you keep here"),
		"connections":     other.post("/settings/connections", ofS3...).shows(t, http.StatusOK, "Cloud connections"),
		"connect":         other.get("/settings/connections/new?type=Dropbox").shows(t, http.StatusOK, "Connect Dropbox"),
		"connected amiss": other.post("/settings/connections", "type", "AmazonS3").shows(t, http.StatusUnprocessableEntity, "Connect Amazon S3"),
		"invoice amiss":   other.post("/settings/invoice", "invoice.email", "x").shows(t, http.StatusUnprocessableEntity, "Your settings"),
		"keys":            other.get("/settings/keys").shows(t, http.StatusOK, "API keys"),
		"a key amiss":     other.post("/settings/keys", "may", "some").shows(t, http.StatusUnprocessableEntity, "API keys"),
		"a key":           other.post("/settings/keys", "name", "laptop", "may", "everything", "days", "30").shows(t, http.StatusOK, "Save your API key"),
		"factors":         other.get("/settings/two-factor").shows(t, http.StatusOK, "Second factor"),
		"set up":          other.get("/settings/two-factor/add").shows(t, http.StatusOK, "Add an authenticator app"),
		"set up amiss":    other.post("/settings/two-factor/add", "seed", strings.Repeat("A", 32)).shows(t, http.StatusUnprocessableEntity, "Add an authenticator app"),
		"backup codes":    other.post("/settings/two-factor/codes").shows(t, http.StatusOK, "Save your backup codes"),
		"address":         other.get("/settings/address").shows(t, http.StatusOK, "Change your address"),
		"prove":           other.get("/settings/prove?for=/settings/two-factor").shows(t, http.StatusOK, "Is it you?"),
		"proved amiss":    other.post("/settings/prove").shows(t, http.StatusUnprocessableEntity, "Is it you?"),
		"delete":          other.get("/settings/delete").shows(t, http.StatusOK, "Delete the account"),
		"deleted amiss":   other.post("/settings/delete/ask").shows(t, http.StatusUnprocessableEntity, "Delete the account"),
		"deleted":         s.get("/deleted").shows(t, http.StatusOK, "Your account is deleted"),
		"settings":        whole.signIn(s.member("settled")).shows(t, http.StatusOK, "Your settings"),
		"confirm":         s.open("/verify", s.mailed(alice)).shows(t, http.StatusOK, "Confirm your address"),
		"choose":          s.open("/password", s.mailed(bob)).shows(t, http.StatusOK, "Choose a password"),
		"chosen amiss":    s.post("/password", "token", token, "password", fine, "repeat", "x").shows(t, http.StatusUnprocessableEntity, "Choose a password"),
		"chosen too bad":  s.post("/password", "token", token, "password", "x").shows(t, http.StatusUnprocessableEntity, "Choose a password"),
		"set":             s.post("/password", "token", token, "password", fine, "repeat", fine).shows(t, http.StatusOK, "Your password is set"),
		"expired":         s.get("/verify").shows(t, http.StatusGone, expiredHeading),
		"asked amiss":     s.post("/link").shows(t, http.StatusUnprocessableEntity, expiredHeading),
		"asked":           s.post("/link", "email", alice).shows(t, http.StatusOK, "Check your mail"),
		"nothing":         s.get("/elsewhere").shows(t, http.StatusNotFound, "There is nothing here"),
		"begin":           s.get("/").shows(t, http.StatusOK, "Your account"),
	}
}

func TestPages_Structure_IsAccessible(t *testing.T) {
	for name, page := range everyPage(t, "en") {
		t.Run(name, func(t *testing.T) {
			root := page.parse(t)
			assertOneOfEach(t, root)
			assertIDs(t, root)
			assertFieldsHaveNames(t, root)
			assertTheRestHasNames(t, root)
			assertNothingInline(t, root)
		})
	}
}

func assertOneOfEach(t *testing.T, root *html.Node) {
	for _, name := range []string{"h1", "main", "title"} {
		if got := elements(root, name); len(got) != 1 || visible(got[0]) == "" {
			t.Errorf("%d of %s with text", len(got), name)
		}
	}
	if got := attribute(elements(root, "html")[0], "lang"); got != "en" {
		t.Errorf("the language is %q", got)
	}
	if title, h1 := visible(elements(root, "title")[0]), visible(elements(root, "h1")[0]); !strings.Contains(title, h1) {
		t.Errorf("the title %q does not say %q", title, h1)
	}
}

func assertIDs(t *testing.T, root *html.Node) {
	var ids []string
	for _, n := range elements(root) {
		if id := attribute(n, "id"); id != "" && slices.Contains(ids, id) {
			t.Errorf("two elements are %s", id)
		} else if id != "" {
			ids = append(ids, id)
		}
	}
	for _, n := range elements(root) {
		pointed := append(strings.Fields(attribute(n, "aria-describedby")), attribute(n, "for"))
		if to, ok := strings.CutPrefix(attribute(n, "href"), "#"); ok {
			pointed = append(pointed, to)
		}
		for _, id := range pointed {
			if id != "" && !slices.Contains(ids, id) {
				t.Errorf("%s points to %s, which is not there", n.Data, id)
			}
		}
	}
}

func assertFieldsHaveNames(t *testing.T, root *html.Node) {
	labels := map[string]string{}
	for _, label := range elements(root, "label") {
		labels[attribute(label, "for")] = visible(label)
	}
	for _, field := range elements(root, "input", "select", "textarea") {
		inLabel := field.Parent.Data == "label" && visible(field.Parent) != ""
		if attribute(field, "type") != "hidden" && !inLabel && labels[attribute(field, "id")] == "" {
			t.Errorf("the field %s has no label", attribute(field, "id"))
		}
	}
}

func assertTheRestHasNames(t *testing.T, root *html.Node) {
	for _, n := range elements(root, "button", "a", "legend", "label") {
		if visible(n) == "" {
			t.Errorf("a %s has no name", n.Data)
		}
	}
	for _, image := range elements(root, "img") {
		if !has(image, "alt") {
			t.Error("an image has no alt")
		}
	}
}

func assertNothingInline(t *testing.T, root *html.Node) {
	if got := elements(root, "script", "style", "iframe", "object"); len(got) != 0 {
		t.Errorf("there is a %s", got[0].Data)
	}
	for _, n := range elements(root) {
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has %s", n.Data, a.Key)
			}
		}
	}
}
