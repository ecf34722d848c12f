package house_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"os"

	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// notOf are files that name several kinds and rightly not these, with the reason.
var notOf = map[string]struct {
	kinds  []string
	reason string
}{
	"api/v1alpha1/conditions.go":                              {[]string{"EnvVarSet", "SSHKey"}, "comments on conditions that some kinds have"},
	"charts/account-operator/files/finalizer_policy.yaml":     {[]string{"AccountAction"}, "an action has no finalizer"},
	"config/admission/finalizer_policy.yaml":                  {[]string{"AccountAction"}, "an action has no finalizer"},
	"charts/account-operator/files/secret_access_policy.yaml": {[]string{"SSHKey", "AccountAction"}, "neither takes values"},
	"config/admission/secret_access_policy.yaml":              {[]string{"SSHKey", "AccountAction"}, "neither takes values"},
	"config/admission/kustomization.yaml":                     {[]string{"SSHKey"}, "a key takes no values"},
	"charts/account-operator/templates/NOTES.txt":             {[]string{"AccountAction"}, "what one creates first"},
	"hack/demo/tour.go":                                       {[]string{"AccountAction"}, "shows objects that stay"},
	"hack/demo/up.go":                                         {[]string{"AccountAction"}, "shows objects that stay"},
	"cmd/manager/main.go":                                     {[]string{"AccountAction"}, "a comment on what is kept in sync"},
	"config/samples/kustomization.yaml":                       {[]string{"AccountAction"}, "an action is created, never applied"},
	"internal/controller/jobs/orphan/orphan.go":               {[]string{"AccountAction"}, "an action holds no row that outlives it"},
	"internal/controller/lifecycle/reconciler.go":             {[]string{"AccountAction"}, "an action has a life of its own"},
	"internal/controller/object/object.go":                    {[]string{"AccountAction"}, "an action has a life of its own"},
	"internal/controller/status/counts.go":                    {[]string{"AccountAction"}, "an account has no number of actions"},
	"internal/controller/telemetry/latency.go":                {[]string{"SSHKey", "AccountAction"}, "neither takes values"},
	"pkg/accounts/internal/fixture/store.go":                  {[]string{"AccountAction"}, "an action gives readers nothing"},
	"internal/store/claim.go":                                 {[]string{"AccountAction"}, "comments on claims that hold rows"},
	"internal/store/storetest/kinds.go":                       {[]string{"AccountAction"}, "an action claims nothing"},
	"internal/store/storetest/shown.go":                       {[]string{"SSHKey", "AccountAction"}, "who owns a row does not matter; each kind is counted by kinds_kept.go"},
	"internal/store/storetest/history.go":                     {[]string{"CloudConnection", "SSHKey"}, "a history of sets and actions"},
	"config/argocd/states.yaml":                               {[]string{"SSHKey"}, "a state that names no kinds is one of each"},
	"internal/store/storetest/recovery.go":                    {[]string{"CloudConnection", "SSHKey"}, "rows of each kind come from the samples"},
	"internal/store/storetest/records.go":                     {[]string{"AccountAction"}, "an action applies nothing"},
	"internal/store/types.go":                                 {[]string{"CloudConnection", "AccountAction"}, "what the store keeps has names of its own"},
	"internal/store/storetest/steps.go":                       {[]string{"SSHKey", "AccountAction"}, "keys are kept as connections are; an action applies nothing"},
}

// elsewhere has what is history, or written by hand for people.
var elsewhere = regexp.MustCompile(`_test\.go$|/testdata/|^docs/|^CHANGELOG|^CONTRIBUTING|^test/mutants/|/migrations/|^\.github/`)

// Given a file that lists kinds, when it names two of them beside Account, then it names all: a kind that is new is missing in none of the
// lists of RBAC, policies, kustomize, charts, the plugin, the store and the controllers without this test naming the file.
func TestKinds_EachFileThatNamesSome_NamesAll(t *testing.T) {
	listed, err := exec.Command("git", "-C", root, "ls-files").Output()
	if err != nil {
		t.Skip("the files of the repository cannot be listed: ", err)
	}
	all := but(store.KindAccount)
	lists := 0
	for _, file := range strings.Fields(string(listed)) {
		if elsewhere.MatchString(file) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil || bytes.IndexByte(text, 0) >= 0 {
			continue // a link or a picture
		}
		missing := unnamed(string(text), all)
		if len(all)-len(missing) < 2 {
			continue
		}
		lists++
		agree(t, file, missing)
	}
	if lists < 20 {
		t.Errorf("only %d files that list kinds were found", lists)
	}
}

// Given the files that the page on adding a kind says tests know kinds by, then each of them names all kinds whose objects hold rows.
func TestKinds_TestsThatThePageNames_NameAll(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/adding-a-kind.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## 7. ")
	section, _, ends := strings.Cut(section, "\n## ")
	if !found || !ends {
		t.Fatal("the page has no section 7")
	}
	var claiming []string
	for _, k := range kinds.Claiming() {
		claiming = append(claiming, string(k.Name))
	}
	files := regexp.MustCompile("`([\\w/]+(?:_test\\.go|/testdata/\\w+\\.yaml))`").FindAllStringSubmatch(section, -1)
	for _, file := range files {
		if strings.Contains(file[1], "sshkey") { // the tests of the page's own kind
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file[1]))
		if err != nil {
			t.Fatal(err)
		}
		if missing := unnamed(string(text), claiming); len(missing) > 0 {
			t.Errorf("%s names other kinds and not %v", file[1], missing)
		}
	}
	if len(files) < 10 {
		t.Errorf("only %d files were found", len(files))
	}
}

// agree compares the kinds that a file does not name with those that it need not name.
func agree(t *testing.T, file string, missing []string) {
	t.Helper()
	for _, kind := range missing {
		if !slices.Contains(notOf[file].kinds, kind) {
			t.Errorf("%s names other kinds and not %s", file, kind)
		}
	}
	for _, kind := range notOf[file].kinds {
		if !slices.Contains(missing, kind) {
			t.Errorf("%s names %s, which this test excuses", file, kind)
		}
	}
}

// unnamed are the kinds that a text names neither as Go and people do nor as URLs do. Account, of which nearly every text speaks, is left out.
func unnamed(text string, all []string) (missing []string) {
	for _, kind := range all {
		if !regexp.MustCompile(`(?i)\b\w*` + kind + `(s|List|Kind|Spec|Status)?\b`).MatchString(text) {
			missing = append(missing, kind)
		}
	}
	return missing
}

// Given the text of a list, when a kind is left out of it, then that kind is named.
func TestUnnamed_EachKindLeftOut_IsNamed(t *testing.T) {
	all := but(store.KindAccount)
	for left := range all {
		text := strings.ToLower(strings.Join(slices.Delete(slices.Clone(all), left, left+1), "s, ")) + "s"
		if missing := unnamed(text, all); !slices.Equal(missing, all[left:left+1]) {
			t.Errorf("%q lacks %s, found %v", text, all[left], missing)
		}
	}
}

// but are the names of all kinds but one.
func but(one store.Kind) (names []string) {
	for _, k := range kinds.All {
		if k.Name != one {
			names = append(names, string(k.Name))
		}
	}
	return names
}
