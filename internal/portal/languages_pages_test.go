package portal_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/account-operator/account-operator/internal/portal"
)

// theirs is what pages show of who visits them: names, numbers, what programs call themselves. It is the same in each language.
var theirs = regexp.MustCompile(`^([a-z.•]+@example\.com|[\W\d]*|127\.0\.0\.1.*|phone|Go-http-client/.*|Amazon S3.*|Backblaze|Dropbox|Training data|Deutsch|English|([A-Z2-7]{4} ?)+|[A-Z0-9]{4}(-[A-Z0-9]{4})+|https?://\S*|NAME=value|[a-z0-9]{8}|A|[a-z_]+)$`)

// Given a browser that asks for German, then all that a page says is German: what reads the same as in English has to be the same in the
// catalogue, or nobody's to translate.
func TestLanguages_BrowserAsksForGerman_NothingIsEnglish(t *testing.T) {
	english := everyPage(t, "en")
	for name, page := range everyPage(t, "de-AT,de;q=0.9,en;q=0.5") {
		t.Run(name, func(t *testing.T) {
			if got := page.language(t); got != "de" {
				t.Fatalf("the page is in %q", got)
			}
			before := textsOf(english[name].parse(t))
			for _, text := range textsOf(page.parse(t)) {
				if slices.Contains(before, text) && portal.In("de", text) == text && !portal.IsText(text) && !theirs.MatchString(text) {
					t.Errorf("%q is not translated", text)
				}
			}
		})
	}
}

// textsOf are all that is read on a page or read out of it.
func textsOf(root *html.Node) (all []string) {
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			all = append(all, strings.TrimSpace(n.Data))
		}
		for _, key := range []string{"aria-label", "alt", "placeholder"} {
			if n.Type == html.ElementNode && attribute(n, key) != "" {
				all = append(all, attribute(n, key))
			}
		}
	}
	return all
}

func TestLanguages_WhatTheBrowserAsksFor_IsTheNearestThereIs(t *testing.T) {
	s := newScene(t)
	for asked, want := range map[string]string{
		"": "en", "de": "de", "de-CH, en;q=0.3": "de", "fr, de;q=0.5": "de", "fr": "en", "en-GB,de;q=0.9": "en", "*": "en",
		";;q=": "en", strings.Repeat("de,", 4000): "de", "de;q=0": "en",
	} {
		s.language = asked
		if got := s.get("/sign-in").language(t); got != want {
			t.Errorf("asked for %.20q, it is %q", asked, got)
		}
	}
}

// Given a choice, then it counts more than what the browser asks for, and lasts beyond the session.
func TestLanguages_Chosen_CountsOnEveryPage(t *testing.T) {
	s := newScene(t)
	s.language = "en"
	b := s.signedIn("alice", nothingSet)

	b.post("/language", "language", "de", "to", "/settings/variables").shows(t, http.StatusOK, variablesHeading)

	for _, path := range []string{"/settings", "/settings/password", "/elsewhere"} {
		if got := b.get(path).language(t); got != "de" {
			t.Errorf("%s is in %q", path, got)
		}
	}
	b.post("/sign-out")
	if page := b.get("/sign-in"); page.language(t) != "de" || page.heading(t) != "Anmelden" {
		t.Error("it is forgotten with the session")
	}
	b.post("/language", "language", "en", "to", "/sign-in").shows(t, http.StatusOK, "Sign in")
	b.post("/language", "language", "tlh", "to", "/sign-in").shows(t, http.StatusOK, "Sign in")
	b.plant("language", "../../x")
	if got := b.get("/sign-in").language(t); got != "en" {
		t.Errorf("a cookie with nonsense has the page in %q", got)
	}
}

// The form leads back to a page of this site, whatever it says.
func TestLanguages_Chosen_LeadsNowhereElse(t *testing.T) {
	s := newScene(t)
	for _, to := range []string{"//elsewhere.example", "https://elsewhere.example", `/\elsewhere.example`, "", "/a\r\nX: y", "/?token=x"} {
		client := &http.Client{Transport: s.http.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if got := s.doBy(client, s.form("/language", "language", "de", "to", to)).header.Get("Location"); got != "/" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

// A page with a token in its address has no switch, which would lose it.
func TestLanguages_PageWithAToken_HasNoSwitch(t *testing.T) {
	s := newScene(t)
	page := s.open("/verify", s.mailed(s.newAccount("alice", "System")))
	if strings.Contains(page.body, `action="/language"`) {
		t.Error("there is a switch")
	}
	s.get("/sign-in").says(t, "Deutsch")
}

// What stands in a text is no HTML, in any language.
func TestLanguages_HostileName_IsEscaped(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	fields := slices.Clone(ofS3)
	fields[slices.Index(fields, "displayName")+1] = `<b>"x" & %v %s`
	for _, s.language = range []string{"en", "de"} {
		page := b.post("/settings/connections", fields...)
		if strings.Contains(page.body, "<b>") || !strings.Contains(visible(page.parse(t)), `<b>"x" & %v %s`) {
			t.Errorf("the page in %s has\n%s", page.language(t), page.body)
		}
	}
}
