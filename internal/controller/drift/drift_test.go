package drift

import (
	"fmt"
	"slices"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

func TestDrift_EachRecordAndLeaf_IsWhatAnotherClientChanged(t *testing.T) {
	remembered := map[string]string{"theme": "dark"}
	for _, c := range []struct {
		when                  string
		policy                v1alpha1.DriftPolicy
		applied               bool
		leaf, mark            string
		differs               bool
		spared, named, marked bool
	}{
		{when: "this was applied before and the row differs, then it is put back", applied: true, leaf: "theme", mark: "dark", differs: true, named: true},
		{when: "this was applied before and nothing differs, then there is none", applied: true, leaf: "theme", mark: "dark"},
		{when: "something else was applied before, then it is our change", leaf: "theme", mark: "light", differs: true},
		{
			when:   "drift is reported and this was applied before, then it is left",
			policy: v1alpha1.DriftReport, applied: true, leaf: "theme", mark: "dark", differs: true, spared: true, named: true, marked: true,
		},
		{
			when:   "drift is reported and another leaf changed, then this one is left",
			policy: v1alpha1.DriftReport, leaf: "theme", mark: "dark", differs: true, spared: true, named: true, marked: true,
		},
		{
			when:   "drift is reported and this leaf changed, then it is written",
			policy: v1alpha1.DriftReport, leaf: "theme", mark: "light", differs: true, marked: true,
		},
		{
			when:   "drift is reported and the leaf is new, then it is written",
			policy: v1alpha1.DriftReport, leaf: "username", mark: "", differs: true, marked: true,
		},
	} {
		t.Run("when "+c.when, func(t *testing.T) {
			a := &v1alpha1.Account{}
			a.Spec.DriftPolicy = c.policy
			d := Of(a, History{c.applied, remembered})
			if got := d.Spares(c.leaf, c.mark, c.differs); got != c.spared {
				t.Errorf("it is left as it is: %t", got)
			}
			if got := slices.Contains(d.Names, c.leaf); got != c.named {
				t.Errorf("it is named: %t", got)
			}
			if _, got := d.Marks[c.leaf]; got != c.marked {
				t.Errorf("it is remembered: %t", got)
			}
		})
	}
}

// of is the drift of an object that had exactly this applied, with these leaves changed by another client.
func of(policy v1alpha1.DriftPolicy, changed ...string) *Drift {
	a := &v1alpha1.Account{}
	a.Spec.DriftPolicy = policy
	d := Of(a, History{Applied: true})
	for _, leaf := range changed {
		d.Spares(leaf, "", true)
	}
	return d
}

func TestMustPut_OnlyWhatIsMissingNewOrToBePutBack(t *testing.T) {
	const correct, report = v1alpha1.DriftCorrect, v1alpha1.DriftReport
	broken := func(d *Drift) *Drift { d.Broken = true; return d }
	gone := func(d *Drift) *Drift { d.Gone = true; return d }
	for name, c := range map[string]struct {
		drift           *Drift
		there, recorded bool
		want            bool
	}{
		"there is none":                              {of(correct), false, false, true},
		"something else was applied last":            {of(correct), true, false, true},
		"all is as wanted":                           {of(correct), true, true, false},
		"a leaf was changed":                         {of(correct, "theme"), true, true, true},
		"a leaf was changed, which is only reported": {of(report, "theme"), true, true, false},
		"it is broken":                               {broken(of(correct)), true, true, true},
		"it is broken, where drift is reported":      {broken(of(report)), true, true, true},
		"it was removed":                             {gone(of(correct)), false, true, true},
		"it was removed, which is only reported":     {gone(of(report)), false, true, false},
	} {
		if got := c.drift.MustPut(c.there, c.recorded); got != c.want {
			t.Errorf("%s: it is to be put: %t", name, got)
		}
	}
}

func TestRecordOf_DriftThatIsLeft_IsNeverTrusted(t *testing.T) {
	for name, c := range map[string]struct {
		drift        *Drift
		record, want string
	}{
		"nothing drifted":       {of(v1alpha1.DriftReport), "r", "r"},
		"it is put back":        {of(v1alpha1.DriftCorrect, "theme"), "r", "r"},
		"it is left":            {of(v1alpha1.DriftReport, "theme"), "r", "r~"},
		"there is no record":    {of(v1alpha1.DriftReport, "theme"), "", ""},
		"no record, and no one": {of(v1alpha1.DriftReport), "", ""},
	} {
		if got := c.drift.RecordOf(c.record); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Whoever took a variable from a set that only reports it keeps it; a value that serves nobody is put all the same.
func TestLeavesAndMends_ReportingSet_KeepsTheOthersHandButNoBrokenValue(t *testing.T) {
	mine, theirs := store.Claim{UID: "1"}, store.Claim{UID: "2"}
	unreadable := store.EnvVar{Owner: mine, Unreadable: true}
	for _, c := range []struct {
		policy        v1alpha1.DriftPolicy
		leaves, mends bool
	}{{v1alpha1.DriftReport, true, true}, {v1alpha1.DriftCorrect, false, false}} {
		d := of(c.policy)
		if got := d.Leaves("A", ""); got != c.leaves {
			t.Errorf("%s leaves it: %t", c.policy, got)
		}
		if got := d.Mends(mine, unreadable); got != c.mends {
			t.Errorf("%s mends it: %t", c.policy, got)
		}
		if d.Mends(theirs, unreadable) || d.Mends(mine, store.EnvVar{Owner: mine}) {
			t.Errorf("%s mends another's, or one that can be read", c.policy)
		}
	}
	fresh := Of(&v1alpha1.Account{Spec: v1alpha1.AccountSpec{CommonSpec: v1alpha1.CommonSpec{DriftPolicy: v1alpha1.DriftReport}}}, History{})
	if fresh.Leaves("A", "") {
		t.Error("what was never applied was taken from nobody")
	}
}

func TestReportAndEvent_ShowDriftOnce(t *testing.T) {
	alice := &v1alpha1.Account{}

	// given drift that is left, then status names it in order, and an event says so the first time
	d := of(v1alpha1.DriftReport, "theme", "email")
	d.Report(alice)
	if got := alice.Status.Drifted; !slices.Equal(got, []string{"email", "theme"}) {
		t.Errorf("status names %v", got)
	}
	if got := d.Event(nil, alice).Reason; got != "Drifted" {
		t.Errorf("the event is %q", got)
	}
	if got := d.Event([]string{"email", "theme"}, alice).Reason; got != "" {
		t.Errorf("the event of the next pass is %q", got)
	}

	// given drift that is put back, then status names none, and an event says so
	d = of(v1alpha1.DriftCorrect, "theme")
	d.Report(alice)
	if got := alice.Status.Drifted; got != nil {
		t.Errorf("status names %v", got)
	}
	if got := d.Event(nil, alice).Reason; got != "DriftCorrected" {
		t.Errorf("the event is %q", got)
	}

	// given none, then neither
	d = of(v1alpha1.DriftReport)
	d.Report(alice)
	if got := d.Event(nil, alice).Reason; got != "" || alice.Status.Drifted != nil {
		t.Errorf("without drift the event is %q, and status names %v", got, alice.Status.Drifted)
	}
}

func TestReport_MoreThanStatusHolds_NamesTheFirst(t *testing.T) {
	var names []string
	for n := range maxDrifted + 1 {
		names = append(names, fmt.Sprintf("V%03d", n))
	}
	alice := &v1alpha1.Account{}
	of(v1alpha1.DriftReport, names...).Report(alice)
	if got := alice.Status.Drifted; !slices.Equal(got, names[:maxDrifted]) {
		t.Errorf("status names %d", len(got))
	}
}

func TestHistory_NothingApplied_DriftsOnlyWhereItIsReported(t *testing.T) {
	for _, c := range []struct {
		policy  v1alpha1.DriftPolicy
		applied bool
		drifts  bool
		part    v1alpha1.DriftPolicy
	}{
		{v1alpha1.DriftCorrect, false, false, ""},
		{v1alpha1.DriftCorrect, true, true, ""},
		{v1alpha1.DriftReport, false, true, v1alpha1.DriftReport},
	} {
		a := &v1alpha1.Account{}
		a.Spec.DriftPolicy = c.policy
		if got := (History{Applied: c.applied}).Drifts(a); got != c.drifts {
			t.Errorf("%s, applied %t: drifts: %t", c.policy, c.applied, got)
		}
		if got := PolicyPart(a); got != c.part {
			t.Errorf("%s adds %q to a fingerprint", c.policy, got)
		}
	}
}
