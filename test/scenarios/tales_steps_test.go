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

// tale is a random history: what users, Secrets and strangers do to two accounts, their sets and their connections. What it
// does next follows from its seed alone.
type tale struct {
	*saga
	name   string
	chance *rand.Rand
	told   *toldModel
	serial int // makes every value as long as no other
	left   int // steps
	// settling says that the next step has to wait for what comes of the last.
	settling bool
	next     *step
	leaving  map[string]bool // objects that were deleted
	late     time.Time       // by when all has to be as it has to be; zero: nobody waits for that
	done     []string
	faults   []*apigate.Fault
	plagued  int // steps
	struck   int // how often, in all
	failure  string
}

// step is what happens next.
type step struct {
	what string
	// certain says that it may happen only when all is as it has to be: what comes of it depends on what was before.
	certain bool
	// settles says that nothing else happens before all is as it has to be: from then on an object is not written any more, or
	// has taken over what was left behind.
	settles bool
	anew    object.Object // must be gone before
	object  object.Object // what is changed; nil where that is no object of ours
	does    func()
}

// kinds of steps, each as often as it stands here. One that cannot happen gives nil.
var kindsOfSteps = []func(*tale) *step{
	(*tale).makesAccount, (*tale).makesAccount, (*tale).movesAccount, (*tale).movesAccount, (*tale).paintsAccount, (*tale).paintsAccount,
	(*tale).deletesAccount, (*tale).deletesAccount, (*tale).adoptsAccount, (*tale).adoptsAccount, (*tale).driftsAccount,
	(*tale).getsThing, (*tale).getsThing, (*tale).getsThing, (*tale).losesThing, (*tale).losesThing, (*tale).keepsAccount,
	(*tale).makesSet, (*tale).makesSet, (*tale).makesSet, (*tale).makesSet, (*tale).editsSet, (*tale).editsSet, (*tale).editsSet, (*tale).editsSet,
	(*tale).editsSet, (*tale).deletesSet, (*tale).driftsVariable, (*tale).driftsVariable,
	(*tale).makesConnection, (*tale).makesConnection, (*tale).editsConnection, (*tale).deletesConnection, (*tale).driftsConnection,
	(*tale).suspends, (*tale).suspends, (*tale).resumes, (*tale).resumes, (*tale).changesDriftPolicy,
	(*tale).changesSource, (*tale).changesSource, (*tale).changesSource, (*tale).changesSource, (*tale).losesSource,
	(*tale).bringsSource, (*tale).bringsSource, (*tale).bringsSource, (*tale).bringsSource,
}

// proposes chooses the next step. The first is always an account, without which nothing happens.
func (t *tale) proposes() *step {
	if len(t.done) == 0 {
		return t.makesAccount()
	}
	for {
		if s := kindsOfSteps[t.chance.IntN(len(kindsOfSteps))](t); s != nil {
			return s
		}
	}
}

// performs does the step, and tells the model.
func (t *tale) performs() {
	t.Helper()
	t.trail.add(t.name+"-story", "%s", t.next.what)
	settles := t.next.settles || t.told.waitsForHeir()
	t.next.does()
	t.trail.add(t.name+"-story", "done")
	t.settling = settles
	t.told.settle()
	t.done = append(t.done, t.next.what)
	t.next = nil
	t.left--
}

func (t *tale) one(of ...string) string { return of[t.chance.IntN(len(of))] }

// odds is true once in so many times.
func (t *tale) odds(n int) bool { return t.chance.IntN(n) == 0 }

// pick chooses one of a kind that is there or not there, and that will do; empty if there is none.
func pick[T any](t *tale, of map[string]T, there bool, names string, will func(string) bool) string {
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

func (t *tale) id(name string) string { return t.name + "-" + name }

// longer is a length that no value had before.
func (t *tale) longer() int {
	t.serial++
	return t.serial
}

func padded(size int) string { return canary + strings.Repeat("x", size) }

// edits changes an object that is there.
func edits[T object.Object](t *tale, obj T, edit func(T)) { change(t.scenario, t.here(obj).(T), edit) }

func (t *tale) here(obj object.Object) object.Object {
	obj.SetNamespace(t.ns)
	return obj
}

// goes has the object's deletionPolicy be this, then deletes it: mostly before the cache has seen the policy.
func (t *tale) goes(obj object.Object, policy v1alpha1.DeletionPolicy) {
	edits(t, obj, func(o object.Object) { o.Common().DeletionPolicy = policy })
	t.delete(obj)
	t.leaving[obj.GetName()] = true
}

// isLeaving reports whether an object that was deleted is still there.
func (t *tale) isLeaving(obj object.Object) bool {
	if t.leaving[obj.GetName()] {
		t.leaving[obj.GetName()] = !apierrors.IsNotFound(t.api.Get(context.Background(), client.ObjectKeyFromObject(t.here(obj)), obj))
	}
	return t.leaving[obj.GetName()]
}

// suspends has an object rest, resumes has one go on.
func (t *tale) suspends() *step { return t.sleeps(true) }
func (t *tale) resumes() *step  { return t.sleeps(false) }

func (t *tale) sleeps(suspended bool) *step {
	obj, told := t.any("a", "b", "x", "y", "w", "c")
	if told == nil || told.suspended == suspended {
		return nil
	}
	what := map[bool]string{true: "suspend ", false: "resume "}[suspended] + obj.GetName()
	return &step{what: what, certain: true, settles: suspended, object: obj, does: func() {
		edits(t, obj, func(o object.Object) { o.Common().Suspend = suspended })
		told.suspended = suspended
	}}
}

// any is one of these, and what the model knows of it; nil where it is not there, or nobody looks at it.
func (t *tale) any(names ...string) (obj object.Object, told *toldObject) {
	switch name := t.one(names...); {
	case t.told.accounts[name] != nil && t.stays(name):
		return account(t.id(name), ""), &t.told.accounts[name].toldObject
	case t.told.sets[name] != nil && !t.told.sets[name].foreign:
		return envVarSet(t.id(name), ""), &t.told.sets[name].toldObject
	case t.told.conns[name] != nil:
		return s3Connection(t.id(name), "", ""), &t.told.conns[name].toldObject
	}
	return nil, nil
}
