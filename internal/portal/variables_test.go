package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

const variablesHeading = "Environment variables"

// holds is what the account has, as those see it who may read it.
func (s *scene) holds(want map[string]string) {
	s.Helper()
	all, err := s.store.EnvVars(s.Context(), s.accountID("alice@example.com"))
	s.must(err)
	got := map[string]string{}
	for _, v := range all {
		got[v.Name] = string(v.Value.Reveal())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("the account holds (-want +got):\n%s", diff)
	}
}

// ofASet gives the account a variable that a set has.
func (s *scene) ofASet(name string) {
	s.Helper()
	owner := store.Claim{Cluster: "cluster", Kind: store.KindEnvVarSet, Namespace: "team", NamespaceUID: "team", Name: "base", UID: "set"}
	s.must(s.fenced.SyncEnvVars(s.Context(), s.claimOf("alice@example.com"), owner, func([]store.EnvVar) store.EnvVarPlan {
		return store.EnvVarPlan{Changes: []store.EnvVarChange{{Op: store.EnvVarSet, Name: name, Value: store.NewSecret([]byte("team's"))}}}
	}))
}

func TestVariables_AddedReplacedAndDeleted_AreWhatTheAccountHolds(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)

	b.post("/settings/variables", "name", "TOKEN", "value", "one\r\ntwo").shows(t, http.StatusOK, variablesHeading).says(t, "1 added.")
	s.holds(map[string]string{"TOKEN": "one\ntwo"})
	b.get("/settings/variables/edit?name=TOKEN").shows(t, http.StatusOK, "Replace a variable")
	b.post("/settings/variables", "edit", "1", "name", "TOKEN", "value", "three").shows(t, http.StatusOK, variablesHeading).says(t, "1 replaced.")
	s.holds(map[string]string{"TOKEN": "three"})
	b.get("/settings").says(t, "1 variable")
	for range 2 { // pressed twice
		b.post("/settings/variables/delete", "name", "TOKEN").shows(t, http.StatusOK, variablesHeading).says(t, "1 deleted.")
	}
	s.holds(map[string]string{})
}

func TestVariables_Pasted_AreAllWrittenOrNone(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	s.ofASet("TEAM")
	b.post("/settings/variables/paste", "text", "A=1\r\nB='two\r\nlines'\r\n# a comment\r\n").shows(t, http.StatusOK, variablesHeading).says(t, "2 added.")
	b.post("/settings/variables/paste", "text", "A=2\nC=3").shows(t, http.StatusOK, variablesHeading).says(t, "1 added, 1 replaced.")
	want := map[string]string{"A": "2", "B": "two\nlines", "C": "3", "TEAM": "team's"}
	s.holds(want)

	for name, test := range map[string]struct{ text, says string }{
		"a line that is wrong":  {"A=9\nD D=1", "Line 2, column 3"},
		"a name of a set":       {"A=9\nTEAM=mine\nZ=9", "TEAM is managed."},
		"a name given twice":    {"A=9\nA=8", "Line 2, column 1"},
		"nothing":               {"# only a comment", "There is no variable in it."},
		"a value that is long":  {"D=" + strings.Repeat("x", 65<<10), "Line 1: Write at most 65536 bytes."},
		"quotes that never end": {"A='9", "Line 1, column 3"},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.post("/settings/variables/paste", "text", test.text).
				shows(t, http.StatusUnprocessableEntity, variablesHeading).says(t, test.says)
			assertIDs(t, page.parse(t))
		})
	}
	s.holds(want)
}

func TestVariables_Refused_KeepTheNameAndNoValue(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	s.ofASet("TEAM")
	const canary = "canary-value-of-alice"
	s.secrets = append(s.secrets, []byte(canary))
	for name, test := range map[string]struct{ name, value, says string }{
		"no name":         {"", canary, "Write letters"},
		"a digit first":   {"1A", canary, "Write letters"},
		"a space in it":   {"A B", canary, "Write letters"},
		"a long name":     {strings.Repeat("A", 254), canary, "at most 253 characters"},
		"a binary value":  {"A", canary + "\x00", "encode what is binary"},
		"a name of a set": {"TEAM", canary, "TEAM is managed."},
	} {
		t.Run(name, func(t *testing.T) {
			page := b.post("/settings/variables", "name", test.name, "value", test.value).
				shows(t, http.StatusUnprocessableEntity, variablesHeading).says(t, test.says)
			if got := page.field(t, "name"); got != test.name {
				t.Errorf("the name became %q", got)
			}
			if strings.Contains(page.body, canary) {
				t.Error("the value is on the page")
			}
		})
	}
	b.post("/settings/variables", "edit", "1", "name", "A", "value", "\x00").shows(t, http.StatusUnprocessableEntity, "Replace a variable")
	b.post("/settings/variables/paste", "text", "A='"+canary).shows(t, http.StatusUnprocessableEntity, variablesHeading)
	b.post("/settings/variables/delete", "name", "TEAM").shows(t, http.StatusUnprocessableEntity, variablesHeading).says(t, "TEAM is managed.")
	b.post("/settings/variables", "name", "OK", "value", canary).shows(t, http.StatusOK, variablesHeading)
	for _, path := range []string{"/settings", "/settings/variables", "/settings/variables/edit?name=OK"} {
		if strings.Contains(b.get(path).body, canary) {
			t.Errorf("%s shows the value", path)
		}
	}
	s.holds(map[string]string{"TEAM": "team's", "OK": canary})
}

func TestVariables_OfASet_AreShownWithoutAForm(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	s.ofASet("TEAM")
	page := b.get("/settings/variables").says(t, "TEAM").says(t, "Your platform team sets this.")
	if strings.Contains(page.body, "Delete TEAM") || strings.Contains(page.body, "name=TEAM") {
		t.Error("it can be changed")
	}
}

// Only numbers are taken from the address, so that nobody can have the page say anything else.
func TestVariables_AddressSaysWhatWasDone_OnlyAsNumbers(t *testing.T) {
	s := newScene(t)
	b := s.signedIn("alice", nothingSet)
	page := b.get("/settings/variables?added=call+0900&replaced=-1&deleted=99999999").shows(t, http.StatusOK, variablesHeading)
	if strings.Contains(page.body, `role="status"`) {
		t.Error("it says that something was done")
	}
	b.get("/settings/variables/edit?name=a+b").shows(t, http.StatusOK, variablesHeading)
}

func TestVariables_NotSignedIn_AreNeitherShownNorChanged(t *testing.T) {
	s := newScene(t)
	s.signedIn("alice", nothingSet)
	for _, path := range []string{"/settings/variables", "/settings/variables/paste", "/settings/variables/delete"} {
		s.browser().post(path, "name", "A", "value", "1", "text", "A=1").shows(t, http.StatusOK, "Sign in")
	}
	s.browser().get("/settings/variables").shows(t, http.StatusOK, "Sign in")
	s.holds(map[string]string{})
}
