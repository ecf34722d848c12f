package account

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
	leafpaths "github.com/account-operator/account-operator/test/leaves"
)

// notSettings are the leaves of an Account's spec that no account holder shares, each with its reason.
var notSettings = map[string]string{
	"className":                     "says which manager serves the object",
	"deletionPolicy":                "counts when the object is deleted",
	"driftPolicy":                   "says what becomes of drift; part of the record while it is Report",
	"resyncIntervalSeconds":         "says when to look",
	"suspend":                       "says when not to act",
	"adoption":                      "counts while the object has no account",
	"restoreAccountID":              "counts while the object has no account",
	"managementPolicy":              "says whether to write at all",
	"deletion.teams":                "counts when the object is deleted",
	"deletion.transferTeamsTo.name": "counts when the object is deleted",
	"email":                         "is required; desired and leaves name it",
	"security.twoFactor":            "is a policy; desired and leaves name it",
	"security.emailChange":          "says whose the address is; desired and leaves name it",
	"suspendAccess":                 "is a policy; desired and leaves name it",
	"referredBy":                    "counts when the account is created; desired names it",
	"notifications.events.type":     "has rows in a table of its own; desired and leaves name it",
	"notifications.events.email":    "has rows in a table of its own; desired and leaves name it",
}

func TestLeaves_ComparedWithTheAPI_NoneIsMissing(t *testing.T) {
	var table []string
	for _, leaf := range (&store.Settings[string]{}).Leaves() {
		table = append(table, leaf.Path)
	}
	for _, path := range missing(table) {
		t.Errorf("spec.%s: the API has it, or one of Settings.Leaves (internal/store/settings.go) and notSettings, and not both", path)
	}
	if t.Failed() {
		return
	}

	// Given a table that lacks one leaf, then exactly that leaf is missing.
	for n, path := range table {
		if diff := cmp.Diff([]string{path}, missing(slices.Delete(slices.Clone(table), n, n+1))); diff != "" {
			t.Errorf("without %s (-want +got):\n%s", path, diff)
		}
	}
	// Given a leaf of another form that is not listed, then exactly that one is missing.
	for path := range notSettings {
		others := slices.DeleteFunc(slices.Sorted(maps.Keys(notSettings)), func(other string) bool { return other == path })
		if diff := cmp.Diff([]string{path}, compare(leafpaths.Of(reflect.TypeFor[v1alpha1.AccountSpec](), ""), table, others)); diff != "" {
			t.Errorf("without %s (-want +got):\n%s", path, diff)
		}
	}
}

func missing(table []string) []string {
	return compare(leafpaths.Of(reflect.TypeFor[v1alpha1.AccountSpec](), ""), table, slices.Collect(maps.Keys(notSettings)))
}

// compare finds the leaves of the API that no list names, and what is listed twice or is no leaf.
func compare(api, table, others []string) (wrong []string) {
	named := map[string]int{}
	for _, path := range slices.Concat(table, others) {
		named[path]++
	}
	for _, path := range api {
		if named[path] != 1 {
			wrong = append(wrong, path)
		}
		delete(named, path)
	}
	return append(wrong, slices.Sorted(maps.Keys(named))...)
}

func TestLeaves_EachIsReadWhereItsPathSays(t *testing.T) {
	for n, leaf := range (&store.Settings[string]{}).Leaves() {
		t.Run(leaf.Path, func(t *testing.T) {
			var spec v1alpha1.AccountSpec
			set(reflect.ValueOf(&spec).Elem(), leaf.Path, "wanted")
			want := desired(&spec)
			for other, got := range want.Leaves() {
				if text := *got.Value; (text != nil && *text == "wanted") != (other == n) {
					t.Errorf("spec.%s is not what settingsIn reads for %s", leaf.Path, got.Path)
				}
			}
		})
	}
}

func TestLeaves_EachDriftsAloneAndCanBeSpared(t *testing.T) {
	for n, leaf := range (&store.Settings[string]{}).Leaves() {
		t.Run(leaf.Path, func(t *testing.T) {
			wanted := "wanted"
			var want store.AccountSpec
			var have store.Account
			*want.Leaves()[n].Value, *have.Leaves()[n].Value = &wanted, "by another user"

			var drifted []string
			for _, l := range leaves(&want, &have) {
				if l.want != l.have {
					drifted = append(drifted, l.path)
					l.spare()
				}
			}

			if diff := cmp.Diff([]string{leaf.Path}, drifted); diff != "" {
				t.Errorf("drifted (-want +got):\n%s", diff)
			}
			if *want.Leaves()[n].Value != nil {
				t.Error("it is spared, and still wanted")
			}
		})
	}
}

func TestLeaves_StatusShowsEach(t *testing.T) {
	for n, leaf := range (&store.Settings[string]{}).Leaves() {
		t.Run(leaf.Path, func(t *testing.T) {
			var have store.Account
			*have.Leaves()[n].Value = "shown"
			got, err := json.Marshal(settings(&have))
			if err != nil {
				t.Fatal(err)
			}
			shown := `"` + leaf.Path[strings.LastIndex(leaf.Path, ".")+1:] + `":"shown"`
			if field, of := strings.CutPrefix(leaf.Path, "invoice."); of {
				shown = `"invoiceFields":["` + field + `"]`
			}
			if !strings.Contains(string(got), shown) {
				t.Errorf("status.settings is %s, without %s", got, shown)
			}
		})
	}
}

// set writes a text where the path leads.
func set(spec reflect.Value, path, text string) {
	for step := range strings.SplitSeq(path, ".") {
		for field, value := range spec.Fields() {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name == step {
				spec = value
				break
			}
		}
	}
	if spec.Kind() == reflect.Pointer {
		spec.Set(reflect.New(spec.Type().Elem()))
		spec = spec.Elem()
	}
	spec.SetString(text)
}
