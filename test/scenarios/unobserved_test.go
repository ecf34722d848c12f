package scenarios

import (
	"maps"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// unobserved are pairs of an event and one that takes it back, or makes another thing of it, that happen while nothing is reconciled.
var unobserved = map[string]struct {
	happens func(settledWorld)
	// want complains until the end is reached.
	want func(settledWorld, map[string]string) string
}{
	"a Secret goes and comes back with another content": {
		func(w settledWorld) { w.remade(w.token, "token", "another") },
		func(w settledWorld, before map[string]string) string {
			return w.longer(before, len("another")-len("1"), "HF_TOKEN", "BY_LABEL_token", "TEAM_TOKEN")
		},
	},
	"a connection's Secret goes and comes back with another content": {
		func(w settledWorld) { w.remade(w.bucket, "access-key-id", "1", "secret-access-key", "another") },
		func(w settledWorld, before map[string]string) string {
			if now := w.rows(); now["data"] == before["data"] {
				return "the connection has the old credentials"
			}
			return ""
		},
	},
	"a key goes and comes back": {func(w settledWorld) {
		change(w.scenario, w.token, func(o *corev1.Secret) { o.Data = map[string][]byte{"other": nil} })
		change(w.scenario, w.token, func(o *corev1.Secret) { o.Data = secret("hf", "token", "1").Data })
	}, untouched},
	"a label goes and comes back": {func(w settledWorld) {
		change(w.scenario, w.token, func(o *corev1.Secret) { o.Labels = nil })
		change(w.scenario, w.token, func(o *corev1.Secret) { o.Labels = map[string]string{"for": "training"} })
	}, untouched},
	"a name goes and comes back": {func(w settledWorld) {
		env := w.base.Spec.Env
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = env[:1] })
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = env })
	}, untouched},
	"a deletionPolicy becomes Retain and Delete again": {func(w settledWorld) {
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.DeletionPolicy = v1alpha1.DeletionRetain })
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.DeletionPolicy = v1alpha1.DeletionDelete })
	}, untouched},
	"a set is suspended and goes on": {func(w settledWorld) {
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Suspend = true })
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Suspend = false })
	}, untouched},
	"a name moves to another set": {func(w settledWorld) {
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = e.Spec.Env[:1] })
		change(w.scenario, w.extra, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = append(e.Spec.Env, value("MODE", "1")) })
	}, owners("MODE", "extra")},
	"two sets swap a name": {func(w settledWorld) {
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[1].Name = "LEVEL" })
		change(w.scenario, w.extra, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[0].Name = "MODE" })
	}, owners("MODE", "extra", "LEVEL", "base")},
	"an Account leaves a team and comes back": {func(w settledWorld) {
		change(w.scenario, w.alice, func(a *v1alpha1.Account) { a.Labels = nil })
		change(w.scenario, w.alice, func(a *v1alpha1.Account) { a.Labels = maps.Clone(vision) })
	}, untouched},
	"a selector chooses others and is put back": {func(w settledWorld) {
		change(w.scenario, w.team, func(e *v1alpha1.EnvVarSet) { e.Spec.AccountSelector.MatchLabels = map[string]string{"team": "audio"} })
		change(w.scenario, w.team, func(e *v1alpha1.EnvVarSet) { e.Spec.AccountSelector.MatchLabels = vision })
	}, untouched},
	"a name moves to the team's set": {func(w settledWorld) {
		change(w.scenario, w.base, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = e.Spec.Env[:1] })
		change(w.scenario, w.team, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = append(e.Spec.Env, value("MODE", "1")) })
	}, owners("MODE", "team")},
	"a team's set is made again": {func(w settledWorld) { w.restored(w.team) }, owners("TEAM", "team", "TEAM_TOKEN", "team")},
	"a set is made again":        {func(w settledWorld) { w.restored(w.base) }, owners("MODE", "base", "HF_TOKEN", "base")},
	"an Account is made again":   {func(w settledWorld) { w.restored(w.alice) }, owners("MODE", "base", "HF_TOKEN", "base", "TEAM", "team")},
	"a connection is made again": {func(w settledWorld) { w.restored(w.data) }, owners("MODE", "base")},
	"all are made again": {func(w settledWorld) { w.restored(w.data, w.base, w.extra, w.team, w.alice) },
		owners("MODE", "base", "LEVEL", "extra", "TEAM", "team")},
}

func TestUnobserved_NoManagerRuns_EndsAsIfSeen(t *testing.T) {
	for name, c := range unobserved {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unseen := fault.Begin(t, fault.Case{Goal: "G2", Workload: "settled", Trigger: name, Action: "no manager runs"})
			w := newSettledWorld(newScenarioSeeing(t, newView(), nothingFails))
			before := w.rows()
			w.stop()
			c.happens(w)
			w.view.forget()
			w.startManager()
			w.eventually(soon, func() string {
				if w.view.objectsRead(w.base) == 1 && w.view.objectsRead(w.extra) == 1 && w.view.objectsRead(w.team) == 1 && w.view.objectsRead(w.data) == 1 {
					return ""
				}
				return "void: not everything was looked at"
			})
			unseen.Add(1)
			w.endsAs(c.want, before)
		})
	}
}

// inShort are those that every run tries also on a manager that hangs.
var inShort = []string{
	"a Secret goes and comes back with another content", "a name goes and comes back", "two sets swap a name", "an Account is made again",
	"an Account leaves a team and comes back",
}

func TestUnobserved_ManagerHangs_EndsAsIfSeen(t *testing.T) {
	for _, name := range long.Choose(inShort, slices.Sorted(maps.Keys(unobserved))) {
		c := unobserved[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unseen := fault.Begin(t, fault.Case{Goal: "G2", Workload: "settled", Trigger: name, Action: "the manager hangs"})
			s := newScenarioSeeing(t, newView(), nothingFails)
			w := newSettledWorld(s)
			before := w.rows()
			release := s.view.hold()
			defer release()
			c.happens(w)
			s.eventually(soon, func() string {
				if s.view.objectsRead(&v1alpha1.EnvVarSet{})+s.view.objectsRead(&v1alpha1.CloudConnection{})+s.view.objectsRead(&v1alpha1.Account{}) > 0 {
					return ""
				}
				return "void: no pass was under way"
			})
			unseen.Add(1)
			release()
			w.endsAs(c.want, before)
		})
	}
}

// endsAs waits for the end, and checks whether anything was removed that an object still stands for.
func (w settledWorld) endsAs(want func(settledWorld, map[string]string) string, before map[string]string) {
	w.Helper()
	// What is made now is worked on after all that is under way.
	last := envVarSet("last", "alice")
	w.create(last)
	w.becomesReady(last, w.alice, w.base, w.extra, w.data)
	w.eventually(soon, func() string { return want(w, before) })
	w.becomesReady(w.alice, w.base, w.extra, w.data)
	w.eventually(soon, w.isEquipped)
	if n := w.count(`SELECT count(*) FROM audit WHERE op IN ('DeleteAccount', 'RemoveEnvVars', 'DeleteConnection')`); n != 0 {
		w.Errorf("%d removals, though every object is there", n)
	}
	if n := w.count(`SELECT count(*) FROM accounts`); n != 1 {
		w.Errorf("%d accounts", n)
	}
}
