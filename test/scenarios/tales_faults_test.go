package scenarios

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	apigate "github.com/account-operator/account-operator/test/gate"
)

// brokenStore is a store that fails calls about single objects so many times, or all calls about any object for a while.
type brokenStore struct {
	mu     sync.Mutex
	armed  map[string][]*storeFault // by the object's name
	away   atomic.Bool
	struck map[string]int // by tale
}

type storeFault struct {
	call string
	when storetest.Moment
	left int
}

func newBrokenStore() *brokenStore {
	return &brokenStore{armed: map[string][]*storeFault{}, struck: map[string]int{}}
}

var errBroke = errors.New("the connection broke")

func (f *brokenStore) hook(about store.Claim) storetest.Hook {
	return func(call string, when storetest.Moment) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.away.Load() || f.strikes(about.Name, call, when) {
			tale, _ := taleOf(about.Name)
			f.struck[tale]++
			return errBroke
		}
		return nil
	}
}

func (f *brokenStore) strikes(name, call string, when storetest.Moment) bool {
	for _, a := range f.armed[name] {
		if a.call == call && a.when == when && a.left > 0 {
			a.left--
			return true
		}
	}
	return false
}

func (f *brokenStore) arm(name string, fault *storeFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed[name] = append(f.armed[name], fault)
}

// disarm ends what has not struck yet.
func (f *brokenStore) disarm() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.armed)
}

// hits is how often a tale was struck.
func (f *brokenStore) hits(tale string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.struck[tale]
}

// calls and requests are what the manager asks for an object of a kind.
var asksFor = map[store.Kind]struct {
	resource string
	calls    []string
}{
	store.KindAccount:         {"accounts", []string{"PutAccount", "PutAccount", "Account", "DeleteAccount"}},
	store.KindEnvVarSet:       {"envvarsets", []string{"SyncEnvVars", "SyncEnvVars", "RemoveEnvVars"}},
	store.KindCloudConnection: {"cloudconnections", []string{"PutConnection", "PutConnection", "Connection", "DeleteConnection"}},
}

// waysToStop are faults of the API server that are over at once.
var waysToStop = []apigate.Action{
	apigate.Conflict, apigate.Broken, apigate.Unavailable, apigate.Forbidden, apigate.ResetBefore, apigate.ResetAfter,
}

// armsFault has something go wrong with what the next step changes: for sure with the first, mostly not with the others.
func (t *tale) armsFault() {
	if t.next.object == nil || len(t.done) > 0 && !t.odds(3) {
		return
	}
	kind, name := kindOf(t.next.object), t.next.object.GetName()
	asks, times := asksFor[kind], 1+t.chance.IntN(3)
	if t.odds(2) {
		call := t.one(asks.calls...)
		if len(t.done) == 0 {
			call = asks.calls[0]
		}
		when := storetest.Moment(t.one(string(storetest.Before), string(storetest.After)))
		t.store.arm(name, &storeFault{call, when, times})
		t.next.what += ", while " + call + " fails " + string(when)
		return
	}
	rule := apigate.Rule{
		Verb: "patch", Resource: asks.resource, Name: name, Times: times, Do: waysToStop[t.chance.IntN(len(waysToStop))],
	}
	if t.odds(2) {
		rule.Verb, rule.Resource = "update", asks.resource+"/status"
	}
	t.faults = append(t.faults, t.way.Arm(rule))
	t.next.what += ", while " + rule.Verb + " " + rule.Resource + " has " + string(rule.Do)
}

func kindOf(obj object.Object) store.Kind {
	switch obj.(type) {
	case *v1alpha1.Account:
		return store.KindAccount
	case *v1alpha1.EnvVarSet:
		return store.KindEnvVarSet
	default:
		return store.KindCloudConnection
	}
}

// heals ends all faults, and counts for each tale how often one struck.
func (s *saga) heals() {
	s.Helper()
	s.store.disarm()
	for _, t := range s.tales {
		for _, f := range t.faults {
			f.Withdraw()
		}
		t.struck = t.strikes()
	}
}

// strikes is how often something went wrong so far.
func (t *tale) strikes() int {
	n := t.plagued + t.store.hits(t.name)
	for _, f := range t.faults {
		n += f.Struck()
	}
	return n
}

// plague befalls all tales for a while.
type plague struct {
	name string
	left int // steps
	ends func()
}

// plagueEvery is in how many steps one begins, plagueLasts how many steps it lasts.
const (
	plagueEvery = 40
	plagueLasts = 8
)

// befalls goes on with the plague that there is, or may begin one. What happens under a plague is struck by it.
func (s *saga) befalls(t *tale) {
	s.Helper()
	switch {
	case s.plague == nil && s.chance.IntN(plagueEvery) == 0:
		s.plague = s.breaksOut()
		s.toldAll(s.plague.name)
	case s.plague == nil:
	case s.plague.left == 0:
		s.recovers()
	default:
		s.plague.left--
		t.plagued++
		t.done[len(t.done)-1] += " (" + s.plague.name + ")"
	}
}

func (s *saga) recovers() {
	s.Helper()
	if s.plague != nil {
		s.plague.ends()
		s.toldAll(s.plague.name + " no more")
		s.plague = nil
	}
}

func (s *saga) breaksOut() *plague {
	s.Helper()
	switch s.chance.IntN(4) {
	case 0:
		s.stop()
		return &plague{"no manager runs", plagueLasts, s.startManager}
	case 1:
		s.store.away.Store(true)
		return &plague{"the store is away", plagueLasts, func() { s.store.away.Store(false) }}
	case 2:
		return &plague{"the watches are behind", plagueLasts, s.way.HoldWatches()}
	default:
		s.way.CutWatches()
		return &plague{"the watches were cut", 1, func() {}}
	}
}

func (s *saga) toldAll(what string) {
	for _, t := range s.tales {
		t.trail.add(t.name+"-all", "%s", what)
	}
}
