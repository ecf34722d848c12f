package portal_test

import (
	"net/http"
	"testing"

	"github.com/account-operator/account-operator/internal/store"
)

// signedIn is a browser of a member whose object sets what more says.
func (s *scene) signedIn(name string, more func(*store.AccountSpec)) *guest {
	s.Helper()
	address := s.member(name)
	want := store.AccountSpec{Email: address}
	more(&want)
	_, err := s.fenced.PutAccount(s.Context(), s.claimOf(address), want, store.Mark{})
	s.must(err)
	b := s.browser()
	b.signIn(address).shows(s, http.StatusOK, "Your settings")
	return b
}

// claimOf is who manages the account of an address.
func (s *scene) claimOf(address string) store.Claim {
	s.Helper()
	a, _, err := s.fenced.AtAddress(s.Context(), store.Claim{}, address)
	s.must(err)
	return a.Claim
}

func nothingSet(*store.AccountSpec) {}

// class is the theme that a page has.
func (s seen) class(t testing.TB) string { return attribute(elements(s.parse(t), "html")[0], "class") }

func TestDarkMode_Chosen_EveryPageIsDark(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	if got := b.get("/settings").class(t); got != "system" {
		t.Errorf("at first it is %q", got)
	}

	after := b.post("/settings/appearance", "preferences.theme", "Dark").shows(t, http.StatusOK, "Your settings")

	for path, page := range map[string]seen{"the page after the form": after, "another": b.get("/settings/sessions")} {
		if got := page.class(t); got != "dark" {
			t.Errorf("%s is %q", path, got)
		}
	}
	b.post("/settings/appearance", "preferences.theme", "Purple").shows(t, http.StatusUnprocessableEntity, "Your settings").says(t, "Choose one of these.")
}

func TestInvoice_Filled_IsKeptAndOnlyWhatChangedIsWritten(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)

	b.post("/settings/invoice", "invoice.company", "Example GmbH", "invoice.address.country", "DE").shows(t, http.StatusOK, "Your settings")
	after := b.post("/settings/invoice", "invoice.name", " Alice ", "invoice.company", "Example GmbH").shows(t, http.StatusOK, "Your settings")

	for name, want := range map[string]string{
		"invoice.name": "Alice", "invoice.company": "Example GmbH", "invoice.address.country": "DE", "invoice.email": "",
	} {
		if got := after.field(t, name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	var names string
	s.must(s.sql.QueryRowContext(t.Context(), `SELECT names FROM audit WHERE op = 'HolderSetSettings' ORDER BY id DESC LIMIT 1`).Scan(&names))
	if names != `{"set":["invoice_name"]}` {
		t.Errorf("the second form wrote %s", names)
	}
}

func TestInvoice_Refused_KeepsWhatWasTypedAndWritesNothing(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	for name, test := range map[string]struct{ field, typed, says string }{
		"no country":        {"invoice.address.country", "Germany", "Write at most 2 characters."},
		"no capitals":       {"invoice.address.country", "de", "Write two capital letters"},
		"no address":        {"invoice.email", "billing", "Enter an address"},
		"too long":          {"invoice.address.postalCode", "12345678901234567", "Write at most 16 characters."},
		"what nobody sees":  {"invoice.name", "Al\u200bice", "without invisible characters"},
		"more than a line":  {"invoice.name", "Alice\nBob", "Write one line"},
		"what is no text":   {"invoice.name", "\xff", "Write one line"},
		"direction changed": {"invoice.name", "\u202eecilA", "without invisible characters"},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.post("/settings/invoice", "invoice.company", "Example GmbH", test.field, test.typed).
				shows(t, http.StatusUnprocessableEntity, "Your settings").says(t, test.says)
			if got := page.field(t, "invoice.company"); got != "Example GmbH" {
				t.Errorf("what was typed became %q", got)
			}
			assertIDs(t, page.parse(t))
		})
	}
	if got := b.get("/settings").field(t, "invoice.company"); got != "" {
		t.Errorf("%q was written", got)
	}
}

func TestNotifications_Chosen_AreKept(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)

	b.post("/settings/notifications", "notifications.newsletter", "on", "notifications.events.outbid", "Disabled",
		"notifications.events.payment_failure", "Disabled", "notifications.events.unheard_of", "Enabled").shows(t, http.StatusOK, "Your settings")

	a, err := s.store.Holder(s.accountID("alice@example.com")).Account(t.Context())
	s.must(err)
	if len(a.Events) != 1 || a.Events["outbid"] != "Disabled" || a.Newsletter != "Subscribed" {
		t.Errorf("got %v, %s", a.Events, a.Newsletter)
	}
	b.post("/settings/notifications").shows(t, http.StatusOK, "Your settings")
	if a, err = s.store.Holder(a.ID).Account(t.Context()); err != nil || a.Newsletter != "Unsubscribed" || a.Events["outbid"] != "Disabled" {
		t.Errorf("got %v, %s, %v", a.Events, a.Newsletter, err)
	}
}

// Given an object that sets a leaf of each section, then the page shows it and says so, and a form that was made before changes nothing.
func TestSettings_ManagedLeaves_AreShownAndNotChanged(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", func(want *store.AccountSpec) {
		want.Theme, want.Newsletter, want.Invoice.Company = new("Light"), new("Subscribed"), new("Team GmbH")
		want.Events = map[string]string{"outbid": "Disabled"}
	})
	page := b.get("/settings").says(t, "Your platform team sets this.")
	if got := page.field(t, "invoice.company"); got != "Team GmbH" {
		t.Errorf("it shows %q", got)
	}

	b.post("/settings/appearance", "preferences.theme", "Dark").shows(t, http.StatusUnprocessableEntity, "Your settings").says(t, "Nothing was changed.")
	b.post("/settings/invoice", "invoice.company", "Hers", "invoice.name", "Alice").
		shows(t, http.StatusUnprocessableEntity, "Your settings").says(t, "Nothing was changed.")
	b.post("/settings/notifications", "notifications.events.outbid", "Enabled").shows(t, http.StatusOK, "Your settings")

	a, err := s.store.Holder(s.accountID("alice@example.com")).Account(t.Context())
	s.must(err)
	if a.Theme != "Light" || a.Newsletter != "Subscribed" || a.Events["outbid"] != "Disabled" || a.Invoice.Company != "Team GmbH" || a.Invoice.Name != "" {
		t.Errorf("got %+v", a)
	}
	b.post("/settings/invoice", "invoice.company", "Team GmbH", "invoice.name", "Alice").shows(t, http.StatusOK, "Your settings")
}

func TestSettings_NotSignedIn_AreNotChanged(t *testing.T) {
	s := newScene(t)
	s.member("alice")
	for _, path := range []string{"/settings/appearance", "/settings/invoice", "/settings/notifications"} {
		s.browser().post(path, "preferences.theme", "Dark").shows(t, http.StatusOK, "Sign in")
	}
}
