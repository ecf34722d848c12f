package scenarios

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	apigate "github.com/account-operator/account-operator/test/gate"
)

// history is a random history: what users, Secrets and other clients do to two accounts, their sets and their connections. What it
// does next follows from its seed alone.
type history struct {
	*run
	name   string
	chance *rand.Rand
	model  *historyModel
	serial int // makes every value as long as no other
	left   int // steps
	// settling says that the next step has to wait for what comes of the last.
	settling    bool
	next        *step
	leaving     map[string]bool // objects that were deleted
	late        time.Time       // by when all has to be as it has to be; zero: nothing waits for that
	done        []string
	faults      []*apigate.Fault
	underFaults int // steps
	struck      int // how often, in all
	failure     string
}

// step is what happens next.
type step struct {
	what string
	// certain says that it may happen only when all is as it has to be: what comes of it depends on what was before.
	certain bool
	// settles says that nothing else happens before all is as it has to be: from then on an object is not written any more, or
	// has taken over what was left behind.
	settles bool
	absent  object.Object // must be gone before
	object  object.Object // what is changed; nil where that is no object of ours
	does    func()
}

// kinds of steps, each as often as it stands here. One that cannot happen gives nil.
var kindsOfSteps = []func(*history) *step{
	(*history).makesAccount, (*history).makesAccount, (*history).movesAccount, (*history).movesAccount, (*history).paintsAccount, (*history).paintsAccount,
	(*history).deletesAccount, (*history).deletesAccount, (*history).adoptsAccount, (*history).adoptsAccount, (*history).driftsAccount,
	(*history).getsThing, (*history).getsThing, (*history).getsThing, (*history).losesThing, (*history).losesThing, (*history).keepsAccount,
	(*history).makesSet, (*history).makesSet, (*history).makesSet, (*history).makesSet, (*history).editsSet, (*history).editsSet, (*history).editsSet, (*history).editsSet,
	(*history).editsSet, (*history).deletesSet, (*history).makesTeam, (*history).makesTeam, (*history).editsTeam, (*history).editsTeam, (*history).deletesTeam,
	(*history).joinsOrLeaves, (*history).joinsOrLeaves, (*history).joinsOrLeaves, (*history).driftsVariable, (*history).driftsVariable,
	(*history).makesConnection, (*history).makesConnection, (*history).editsConnection, (*history).deletesConnection, (*history).driftsConnection,
	(*history).suspends, (*history).suspends, (*history).resumes, (*history).resumes, (*history).changesDriftPolicy,
	(*history).changesSource, (*history).changesSource, (*history).changesSource, (*history).changesSource, (*history).losesSource,
	(*history).bringsSource, (*history).bringsSource, (*history).bringsSource, (*history).bringsSource,
}

// proposes chooses the next step. The first is always an account, without which nothing happens.
func (t *history) proposes() *step {
	if len(t.done) == 0 {
		return t.makesAccount()
	}
	for {
		if s := kindsOfSteps[t.chance.IntN(len(kindsOfSteps))](t); s != nil {
			return s
		}
	}
}

// performs does the step, and has the model take it.
func (t *history) performs() {
	t.Helper()
	t.trail.add(t.name+"-story", "%s", t.next.what)
	settles := t.next.settles || t.model.waitsForHeir()
	t.next.does()
	t.trail.add(t.name+"-story", "done")
	t.settling = settles
	t.model.settle()
	t.done = append(t.done, t.next.what)
	t.next = nil
	t.left--
}

func (t *history) one(of ...string) string { return of[t.chance.IntN(len(of))] }

// odds is true once in so many times.
func (t *history) odds(n int) bool { return t.chance.IntN(n) == 0 }

// pick chooses one of a kind that is there or not there, and that will do; empty if there is none.
func pick[T any](t *history, of map[string]T, there bool, names string, will func(string) bool) string {
	var found []string
	for _, name := range strings.Fields(names) {
		if _, is := of[name]; is == there && (will == nil || will(name)) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return t.one(found...)
}

func (t *history) id(name string) string { return t.name + "-" + name }

// longer is a length that no value had before.
func (t *history) longer() int {
	t.serial++
	return t.serial
}

func padded(size int) string { return canary + strings.Repeat("x", size) }

// edits changes an object that is there.
func edits[T object.Object](t *history, obj T, edit func(T)) {
	change(t.scenario, t.here(obj).(T), edit)
}

func (t *history) here(obj object.Object) object.Object {
	obj.SetNamespace(t.ns)
	return obj
}

// goes has the object's deletionPolicy be this, then deletes it: mostly before the cache has seen the policy.
func (t *history) goes(obj object.Object, policy v1alpha1.DeletionPolicy) {
	edits(t, obj, func(o object.Object) { o.Common().DeletionPolicy = policy })
	t.delete(obj)
	t.leaving[obj.GetName()] = true
}

// isLeaving reports whether an object that was deleted is still there.
func (t *history) isLeaving(obj object.Object) bool {
	if t.leaving[obj.GetName()] {
		t.leaving[obj.GetName()] = !apierrors.IsNotFound(t.api.Get(context.Background(), client.ObjectKeyFromObject(t.here(obj)), obj))
	}
	return t.leaving[obj.GetName()]
}

// suspends has an object rest, resumes has one go on.
func (t *history) suspends() *step { return t.sleeps(true) }
func (t *history) resumes() *step  { return t.sleeps(false) }

func (t *history) sleeps(suspended bool) *step {
	obj, model := t.any("a", "b", "x", "y", "w", teamName, "c")
	if model == nil || model.suspended == suspended {
		return nil
	}
	what := map[bool]string{true: "suspend ", false: "resume "}[suspended] + obj.GetName()
	return &step{what: what, certain: true, settles: suspended, object: obj, does: func() {
		edits(t, obj, func(o object.Object) { o.Common().Suspend = suspended })
		model.suspended = suspended
	}}
}

// any is one of these, and what the model knows of it; nil where it is not there, or not served.
func (t *history) any(names ...string) (obj object.Object, model *modelObject) {
	switch name := t.one(names...); {
	case t.model.accounts[name] != nil && t.stays(name):
		return account(t.id(name), ""), &t.model.accounts[name].modelObject
	case t.model.sets[name] != nil && !t.model.sets[name].foreign:
		return envVarSet(t.id(name), ""), &t.model.sets[name].modelObject
	case name == teamName && t.model.team != nil:
		return envVarSet(t.id(name), ""), &t.model.team.modelObject
	case t.model.conns[name] != nil:
		return s3Connection(t.id(name), "", ""), &t.model.conns[name].modelObject
	}
	return nil, nil
}
