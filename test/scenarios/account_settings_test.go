package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/leaves"
)

// setting is a leaf that a platform team may set, and that is the account holder's otherwise.
type setting struct{ path, column, team, holder string }

var settingsTable = []setting{
	{"username", "username", "alice", "Alice in chains"},
	{"preferences.theme", "theme", "Dark", "Light"},
	{"notifications.newsletter", "newsletter", "Subscribed", "Unsubscribed"},
	{"invoice.name", "invoice_name", "Alice Example", "A. Example"},
	{"invoice.company", "invoice_company", "Example GmbH", "Example Ltd"},
	{"invoice.taxID", "invoice_tax_id", "DE123456789", "GB987"},
	{"invoice.email", "invoice_email", "billing@example.com", "alice@home.example"},
	{"invoice.address.line1", "invoice_line1", "Hauptstr. 1", "High Street 1"},
	{"invoice.address.line2", "invoice_line2", "Hof", "Yard"},
	{"invoice.address.city", "invoice_city", "Berlin", "London"},
	{"invoice.address.region", "invoice_region", "BE", "LDN"},
	{"invoice.address.postalCode", "invoice_postal_code", "10115", "N1 9GU"},
	{"invoice.address.country", "invoice_country", "DE", "GB"},
	{"invoice.purchaseOrder", "invoice_purchase_order", "PO-4711", "mine"},
}

func TestLeaves_OfTheSpec_EachHasACase(t *testing.T) {
	elsewhere := []string{
		"className", "deletionPolicy", "driftPolicy", "resyncIntervalSeconds", "suspend", "email", "referredBy", "adoption", "restoreAccountID",
		"managementPolicy", "deletion.teams", "deletion.transferTeamsTo.name", "security.twoFactor", "security.emailChange", "suspendAccess",
		"notifications.events.type", "notifications.events.email",
	}
	for _, l := range settingsTable {
		elsewhere = append(elsewhere, l.path)
	}
	leaves := leaves.Of(reflect.TypeFor[v1alpha1.AccountSpec](), "")
	slices.Sort(elsewhere)
	slices.Sort(leaves)
	if diff := cmp.Diff(elsewhere, leaves); diff != "" {
		t.Errorf("leaves of spec (-tried +there are):\n%s", diff)
	}
}

func TestSettings_EachSetOrLeftOut_IsEnforcedOrTheHolders(t *testing.T) {
	s := withAlice(t)
	alice := account2(s, "alice")
	teams, holders := []setting{}, []setting{}
	for n, l := range settingsTable {
		if n%2 == 0 {
			teams = append(teams, l)
		} else {
			holders = append(holders, l)
		}
	}

	// Given leaves that the team set; when another client writes them all, then those are put back and the others stay.
	s.set(alice, teams, func(l setting) any { return l.team })
	s.becomesReady(alice)
	s.holderWrites(settingsTable)
	s.showsAndHas(alice, values(teams, team), values(holders, holder))

	// When the team sets the others and lets those go, then they keep their values until the holder changes them.
	s.set(alice, holders, func(l setting) any { return l.team })
	s.set(alice, teams, func(setting) any { return nil })
	s.becomesReady(alice)
	s.showsAndHas(alice, values(settingsTable, team))
	s.holderWrites(teams)
	s.showsAndHas(alice, values(teams, holder), values(holders, team))

	// When the team clears what can be empty, then it is empty, and kept so.
	texts := slices.DeleteFunc(slices.Clone(settingsTable), func(l setting) bool {
		return l.column == "theme" || l.column == "newsletter"
	})
	s.set(alice, texts, func(setting) any { return "" })
	s.becomesReady(alice)
	s.holderWrites(texts)
	s.showsAndHas(alice, values(texts, func(setting) string { return "" }))
}

func team(l setting) string   { return l.team }
func holder(l setting) string { return l.holder }

func values(leaves []setting, of func(setting) string) map[string]string {
	want := map[string]string{}
	for _, l := range leaves {
		want[l.path] = of(l)
	}
	return want
}

// set writes leaves into the spec, or takes them out of it where the value is nil.
func (s *scenario) set(a *v1alpha1.Account, leaves []setting, value func(setting) any) {
	s.Helper()
	patch := map[string]any{}
	for _, l := range leaves {
		at, path := patch, strings.Split("spec."+l.path, ".")
		for _, step := range path[:len(path)-1] {
			if at[step] == nil {
				at[step] = map[string]any{}
			}
			at = at[step].(map[string]any)
		}
		at[path[len(path)-1]] = value(l)
	}
	text, err := json.Marshal(patch)
	s.must(err)
	s.must(s.api.Patch(context.Background(), a, client.RawPatch("application/merge-patch+json", text)))
}

// holderWrites is the account holder's own change, by another program.
func (s *scenario) holderWrites(leaves []setting) {
	s.Helper()
	var sets []string
	var args []any
	for _, l := range leaves {
		sets, args = append(sets, l.column+" = ?"), append(args, l.holder)
	}
	s.foreign(`UPDATE accounts SET `+strings.Join(sets, ", ")+` WHERE deleted_at IS NULL`, args...)
}

// showsAndHas waits until the store has these values, and status shows them.
func (s *scenario) showsAndHas(a *v1alpha1.Account, wants ...map[string]string) {
	s.Helper()
	want := map[string]string{}
	for _, w := range wants {
		for path, value := range w {
			want[path] = value
		}
	}
	s.eventually(atOnce, func() string {
		got := s.stored()
		for path, value := range want {
			if got[path] != value {
				return fmt.Sprintf("%s is %q, wanted %q", path, got[path], value)
			}
		}
		s.becomes(a, metav1.ConditionTrue, v1alpha1.ReasonSynced)
		return cmp.Diff(shown(got), a.Status.Settings)
	})
}

// stored reads every setting of the one live account.
func (s *scenario) stored() map[string]string {
	s.Helper()
	columns := make([]string, len(settingsTable))
	for n, l := range settingsTable {
		columns[n] = l.column
	}
	db := s.openSQL()
	defer func() { _ = db.Close() }()
	values, into := make([]string, len(columns)), make([]any, len(columns))
	for n := range values {
		into[n] = &values[n]
	}
	s.must(db.QueryRow(`SELECT ` + strings.Join(columns, ", ") + ` FROM accounts WHERE deleted_at IS NULL`).Scan(into...))
	got := map[string]string{}
	for n, l := range settingsTable {
		got[l.path] = values[n]
	}
	return got
}

// shown is what status shows of such an account: of an invoice only which leaves say something.
func shown(got map[string]string) *v1alpha1.AccountSettings {
	want := &v1alpha1.AccountSettings{
		Username: v1alpha1.Line(got["username"]), Theme: v1alpha1.Theme(got["preferences.theme"]), TwoFactor: "Optional",
		Newsletter: v1alpha1.Subscription(got["notifications.newsletter"]),
	}
	for _, l := range settingsTable {
		if leaf, of := strings.CutPrefix(l.path, "invoice."); of && got[l.path] != "" {
			want.InvoiceFields = append(want.InvoiceFields, leaf)
		}
	}
	return want
}
