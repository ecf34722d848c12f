package object

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestResyncInterval_OfAnObject_IsSpread(t *testing.T) {
	alice := &v1alpha1.Account{}
	alice.Spec.ResyncIntervalSeconds = new(int32(30))
	if got := ResyncInterval(alice); got < 22*time.Second || got > 38*time.Second {
		t.Errorf("the interval is %s; wanted 30 s, a quarter to either side", got)
	}
	for _, none := range []*int32{nil, new(int32(0))} {
		alice.Spec.ResyncIntervalSeconds = none
		if got := ResyncInterval(alice); got != 0 {
			t.Errorf("an interval of %v is %s", none, got)
		}
	}
}

// A request counts once, and of a long one the beginning.
func TestReconcileRequested_ByAnnotation_UntilItIsAcknowledged(t *testing.T) {
	longest := strings.Repeat("x", maxRequest)
	for name, c := range map[string]struct {
		annotation, handled string
		counts              string
		requested           bool
	}{
		"nothing is asked for":                    {"", "", "", false},
		"nothing is asked for any more":           {"", "monday", "", false},
		"it was not handled":                      {"tuesday", "monday", "tuesday", true},
		"it was handled":                          {"tuesday", "tuesday", "tuesday", false},
		"the longest is taken whole":              {longest, "", longest, true},
		"a longer one is cut, and handled as cut": {longest + "x", longest, longest, false},
	} {
		t.Run(name, func(t *testing.T) {
			alice := &v1alpha1.Account{}
			alice.Annotations = map[string]string{v1alpha1.RequestedAtAnnotation: c.annotation}
			alice.Status.LastHandledRequest = c.handled
			if got := RequestedAt(alice); got != c.counts {
				t.Errorf("what counts is %q", got)
			}
			if got := ReconcileRequested(alice); got != c.requested {
				t.Errorf("requested: %t", got)
			}
		})
	}
}

func TestForgotten_OnlyByTheTimeOfItsDeletion(t *testing.T) {
	const noon, one = "2026-11-29T12:00:00Z", "2026-11-29T13:00:00Z"
	for name, c := range map[string]struct {
		deleted, annotation string
		want                bool
	}{
		"its own deletion is named":  {noon, noon, true},
		"another deletion is named":  {noon, one, false},
		"there is no annotation":     {noon, "", false},
		"it is not being deleted":    {"", noon, false},
		"neither the one nor other":  {"", "", false},
		"some word stands for a yes": {noon, "true", false},
	} {
		t.Run(name, func(t *testing.T) {
			alice := &v1alpha1.Account{}
			if c.deleted != "" {
				at, err := time.Parse(time.RFC3339, c.deleted)
				if err != nil {
					t.Fatal(err)
				}
				alice.DeletionTimestamp = new(metav1.NewTime(at))
			}
			alice.Annotations = map[string]string{v1alpha1.ForgetAnnotation: c.annotation}
			if got := Forgotten(alice); got != c.want {
				t.Errorf("forgotten: %t", got)
			}
		})
	}
}

func TestOwnersOf_SeveralOwners_NamesAll(t *testing.T) {
	alice := &v1alpha1.Account{}
	if got := OwnersOf(alice); got != "" {
		t.Errorf("of none: %s", got)
	}
	alice.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: "a"}, {Kind: "ConfigMap", Name: "b"}}
	if got, want := OwnersOf(alice), `Job "a", ConfigMap "b"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
