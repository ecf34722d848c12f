package events

import (
	"errors"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// Rotations are of the routine of an object: of ten thousand at once a hundred leave an event, and the rest are counted.
func TestRotation(t *testing.T) {
	version := func(v string) []v1alpha1.SourceVersion {
		return []v1alpha1.SourceVersion{{Kind: "Secret", Name: "hf", ResourceVersion: v}, {Kind: "ConfigMap", Name: "site", ResourceVersion: "1"}}
	}
	two := []v1alpha1.SourceVersion{{Kind: "Secret", Name: "hf", ResourceVersion: "1"}, {Kind: "Secret", Name: "wandb", ResourceVersion: "2"}}
	for name, c := range map[string]struct {
		before, after []v1alpha1.SourceVersion
		generation    int64
		want          string
	}{
		"a Secret changed":                 {version("1"), version("2"), 1, "Secret/hf changed; written: A"},
		"nothing changed":                  {version("1"), version("1"), 1, ""},
		"the spec changed, too":            {version("1"), version("2"), 2, ""},
		"there was nothing to take from":   {nil, version("1"), 1, ""},
		"an optional one came":             {version(""), version("1"), 1, "Secret/hf changed; written: A"},
		"an optional one went":             {version("1"), version(""), 1, "Secret/hf changed; written: A"},
		"it takes from another one by now": {version("1")[1:], version("2"), 1, ""},
		"two Secrets of other versions":    {two, two, 1, ""},
	} {
		set := &v1alpha1.EnvVarSet{}
		set.Generation, set.Status.ObservedGeneration = c.generation, 1
		got := Rotation(set, c.before, c.after, "A")
		if got.Message != c.want || got != (Event{}) && !got.routine() {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTransition_EachChangeOfReady_IsAnEventOrNot(t *testing.T) {
	missing := outcome.Judge(outcome.WaitingFor(v1alpha1.ReasonAccountNotFound, "x"))
	for name, c := range map[string]struct {
		before string
		now    outcome.Verdict
		event  string
	}{
		"an object becomes ready":        {"", outcome.Judge(nil), "Synced"},
		"it stays ready":                 {string(v1alpha1.ReasonSynced), outcome.Judge(nil), ""},
		"something gets in its way":      {string(v1alpha1.ReasonSynced), missing, "Blocked"},
		"the same is still in its way":   {string(v1alpha1.ReasonAccountNotFound), missing, ""},
		"a deletion is blocked":          {"Synced", outcome.Judge(outcome.StalledBy(v1alpha1.ReasonDeletionBlocked, "x")), "DeletionBlocked"},
		"the operator tries again":       {string(v1alpha1.ReasonSynced), outcome.Judge(errors.New("x")), ""},
		"the store asks to come later":   {string(v1alpha1.ReasonSynced), outcome.Judge(&store.RateLimitedError{RetryAfter: 1}), ""},
		"what was in its way is over":    {string(v1alpha1.ReasonAccountNotFound), outcome.Judge(nil), "Synced"},
		"a retry after a failure worked": {string(v1alpha1.ReasonStoreUnavailable), outcome.Judge(nil), "Synced"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Transition(c.before, c.now).Reason; got != c.event {
				t.Errorf("event %q, want %q", got, c.event)
			}
		})
	}
}

func TestGone_EachWayToGo_IsAnEventOfItsOwn(t *testing.T) {
	retained := &v1alpha1.EnvVarSet{}
	retained.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	for name, c := range map[string]struct {
		set     *v1alpha1.EnvVarSet
		event   string
		routine bool
	}{
		"removed":  {&v1alpha1.EnvVarSet{}, eventDeleted, true},
		"retained": {retained, "Retained", false},
		"let go":   {deleted(forgetting("2026-05-01T12:00:00Z")), "Forgotten", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Gone(c.set); got.Reason != c.event || got.routine() != c.routine {
				t.Errorf("it is %+v, routine: %t", got, got.routine())
			}
		})
	}
}

func TestMostImportant_OfTwoEvents_IsWhatDoesNotShowAnyway(t *testing.T) {
	changed, observed := Normal(eventSynced, "ready"), Normal("Adopted", "taken over")
	for name, c := range map[string]struct {
		changed, observed Event
		ready             bool
		want              Event
	}{
		"ready, and taken over":       {changed, observed, true, observed},
		"ready":                       {changed, Event{}, true, changed},
		"in its way, and taken over":  {changed, observed, false, changed},
		"taken over, and not changed": {Event{}, observed, false, observed},
		"nothing":                     {Event{}, Event{}, true, Event{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := MostImportant(c.changed, c.observed, c.ready); got != c.want {
				t.Errorf("it is %+v, wanted %+v", got, c.want)
			}
		})
	}
}
