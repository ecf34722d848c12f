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
	struck map[string]int // by history
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
			history, _ := historyOf(about.Name)
			f.struck[history]++
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

// hits is how often a history was struck.
func (f *brokenStore) hits(history string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.struck[history]
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
func (t *history) armsFault() {
	if t.next.object == nil || len(t.done) > 0 && !t.odds(3) {
		return
	}
	kind, name := kindOf(t.next.object), t.next.object.GetName()
	asks, times := asksFor[kind], 1+t.chance.IntN(3)
	if name == t.id(teamName) {
		asks.calls = []string{"SyncPairs", "SyncPairs", "SettlePairs", "Pairs", "RemoveEnvVars"}
	}
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

// heals ends all faults, and counts for each history how often one struck.
func (s *run) heals() {
	s.Helper()
	s.store.disarm()
	for _, t := range s.histories {
		for _, f := range t.faults {
			f.Withdraw()
		}
		t.struck = t.strikes()
	}
}

// strikes is how often something went wrong so far.
func (t *history) strikes() int {
	n := t.underFaults + t.store.hits(t.name)
	for _, f := range t.faults {
		n += f.Struck()
	}
	return n
}

// faultSet befalls all histories for a while.
type faultSet struct {
	name string
	left int // steps
	ends func()
}

// faultSetEvery is in how many steps one begins, faultSetLasts how many steps it lasts.
const (
	faultSetEvery = 40
	faultSetLasts = 8
)

// befalls goes on with the fault set that there is, or may begin one. What happens under a fault set is struck by it.
func (s *run) befalls(t *history) {
	s.Helper()
	switch {
	case s.faultSet == nil && s.chance.IntN(faultSetEvery) == 0:
		s.faultSet = s.breaksOut()
		s.noteAll(s.faultSet.name)
	case s.faultSet == nil:
	case s.faultSet.left == 0:
		s.recovers()
	default:
		s.faultSet.left--
		t.underFaults++
		t.done[len(t.done)-1] += " (" + s.faultSet.name + ")"
	}
}

func (s *run) recovers() {
	s.Helper()
	if s.faultSet != nil {
		s.faultSet.ends()
		s.noteAll(s.faultSet.name + " no more")
		s.faultSet = nil
	}
}

func (s *run) breaksOut() *faultSet {
	s.Helper()
	switch s.chance.IntN(4) {
	case 0:
		s.stop()
		return &faultSet{"no manager runs", faultSetLasts, s.startManager}
	case 1:
		s.store.away.Store(true)
		return &faultSet{"the store is away", faultSetLasts, func() { s.store.away.Store(false) }}
	case 2:
		return &faultSet{"the watches are behind", faultSetLasts, s.way.HoldWatches()}
	default:
		s.way.CutWatches()
		return &faultSet{"the watches were cut", 1, func() {}}
	}
}

func (s *run) noteAll(what string) {
	for _, t := range s.histories {
		t.trail.add(t.name+"-all", "%s", what)
	}
}
