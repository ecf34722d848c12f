package portal_test

import (
	"net/http"
	"testing"

	"github.com/account-operator/account-operator/test/browser"
)

// Given a holder with Chromium and nothing else, when he goes through all of the page, with scripts switched on or off, then all that he did is
// in the store, no page asked another host for anything, and the password of before opens nothing.
func TestWalk_AllOfThePageInABrowser_IsInTheStore(t *testing.T) {
	b := browser.OrSkip(t, "../../hack/browser")
	for name, javaScript := range map[string]bool{"with JavaScript": true, "without JavaScript": false} {
		t.Run(name, func(t *testing.T) {
			s, _ := newSceneWithDropbox(t)
			s.signedIn("alice", nothingSet).post("/sign-out")
			const another = "quiet rivers bend often"
			s.secrets = append(s.secrets, []byte(another))
			var walked struct {
				Complaints []string
				Codes      int
			}
			b.Run(t, "walk.mjs", map[string]any{
				"javaScript": javaScript, "url": s.url, "email": "alice@example.com", "password": fine, "newPassword": another,
				"dropbox": map[string]string{"refreshToken": goodToken, "appKey": "app-canary-1", "appSecret": "app-canary-2"},
			}, &walked)

			if len(walked.Complaints) > 0 || walked.Codes != 10 {
				t.Errorf("the browser complains: %q; there are %d backup codes", walked.Complaints, walked.Codes)
			}
			s.keptTheWalk()
			s.browser().post("/sign-in", "email", "alice@example.com", "password", fine).shows(t, http.StatusUnprocessableEntity, "Sign in")
		})
	}
}

// keptTheWalk expects of the store what the walk did.
func (s *scene) keptTheWalk() {
	s.Helper()
	s.holds(map[string]string{"A": "1", "TOKEN": "three"})
	of := s.store.Holder(s.accountID("alice@example.com"))
	a, err := of.Account(s.Context())
	s.must(err)
	if a.Theme != "Dark" || a.Newsletter != "Subscribed" || a.Events["outbid"] != "Disabled" || a.Invoice.Company != "Example GmbH" || a.Invoice.City != "Berlin" {
		s.Errorf("the account is %+v", a)
	}
	if c := s.connected(); c.DisplayName != "Results" || c.Type != "Dropbox" {
		s.Errorf("the connection is %q", c.DisplayName)
	}
	keys, err := of.Keys(s.Context())
	s.must(err)
	if len(keys) != 0 { // the one that was made ended with the password
		s.Errorf("%d keys", len(keys))
	}
}
