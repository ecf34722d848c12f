package scenarios

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	apigate "github.com/account-operator/account-operator/test/gate"
)

// saga is many tales that one manager deals with at a time. They share its namespace and its store, and have nothing to do
// with each other.
type saga struct {
	*scenario
	chance *rand.Rand
	way    *apigate.Gate
	store  *brokenStore
	trail  *trail
	db     *sql.DB
	tales  []*tale
	plague *plague // what befalls all of them now; nil: nothing

	// How much longer a sealed value is than what it seals, and credentials than their key's ID.
	sealedValue, sealedKeys int
}

// A look reads everything, so there are only so many.
const lookPause = 100 * time.Millisecond

func newSaga(t *testing.T, dialect string, seeds []uint64) *saga {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := &saga{
		scenario: &scenario{T: t, keyset: keyset}, way: apigate.Open(t, local.Config()), store: newBrokenStore(), trail: newTrail(),
		chance: rand.New(rand.NewPCG(seeds[0], 0)), //nolint:gosec // it need not be secret
	}
	s.hook, s.hookOf = nothingFails, func(about store.Claim) storetest.Hook { return s.trail.hook(about, s.store.hook(about)) }
	s.scenario.way = func(c *rest.Config) *rest.Config { return s.trail.through(s.way.Through(c)) }
	if dialect == "sqlite" {
		s.path = filepath.Join(t.TempDir(), "accounts.db")
	} else {
		s.server = server.NewDatabase(t)
	}
	s.tune = func(o *controller.Options) { o.Recount, o.ReconcileTimeout = 10*time.Millisecond, 5*time.Second }
	s.begin()
	s.vouch()
	s.db = s.openSQL()
	t.Cleanup(func() { _ = s.db.Close() })
	s.gauges()
	for _, seed := range seeds {
		s.tales = append(s.tales, &tale{
			saga: s, name: fmt.Sprintf("s%d", seed), told: newToldModel(), left: stepsOfATale, leaving: map[string]bool{},
			chance: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // it need not be secret
		})
	}
	return s
}

// gauges learns how long what is sealed is when it has no length of its own.
func (s *saga) gauges() {
	s.Helper()
	set, conn := envVarSet("gauge-x", "gauge-a", value("GAUGE", canary)), s3Connection("gauge-c", "gauge-a", "gauge-k")
	s.create(account("gauge-a", "gauge-a@example.com"), secret("gauge-k", "access-key-id", "", "secret-access-key", ""), set, conn)
	s.becomesReady(set, conn)
	s.sealedValue = s.count(`SELECT length(value) FROM env_vars`)
	s.sealedKeys = s.count(`SELECT length(credentials) FROM connections`)
}

// plays has all tales go on, in an order made by chance, until their steps are done. Meanwhile plagues come and go.
func (s *saga) plays() {
	s.Helper()
	for going := s.going(); len(going) > 0; going = s.going() {
		ready := s.ready(going)
		if len(ready) == 0 {
			s.recovers()
			<-time.After(lookPause)
			continue
		}
		t := ready[s.chance.IntN(len(ready))]
		t.armsFault()
		t.performs()
		s.befalls(t)
	}
	s.recovers()
}

// going are the tales that have steps left.
func (s *saga) going() (going []*tale) {
	for _, t := range s.tales {
		if t.left > 0 && t.failure == "" {
			going = append(going, t)
		}
	}
	return going
}

// ready are the tales that can go on: what is next can happen without more ado, or all is as it has to be.
func (s *saga) ready(going []*tale) (ready []*tale) {
	s.Helper()
	for _, t := range going {
		if t.next == nil {
			t.next = t.proposes()
		}
		if !t.waits() {
			ready = append(ready, t)
		}
	}
	if len(ready) > 0 {
		return ready
	}
	at := s.look()
	for _, t := range going {
		if t.is(at) {
			ready = append(ready, t)
		}
	}
	return ready
}

// waits reports whether what is next may happen only when all is as it has to be.
func (t *tale) waits() bool {
	return t.next.certain || t.settling || t.next.anew != nil && t.isLeaving(t.next.anew)
}

// is reports whether all is as it has to be. A tale that waits too long for that has failed.
func (t *tale) is(at *sight) bool {
	difference := t.differs(at)
	switch {
	case difference == "":
		t.told.isCertain()
		t.late = time.Time{}
	case t.late.IsZero():
		t.late = time.Now().Add(convergence)
	case time.Now().After(t.late):
		t.fails("%s after that, %s", convergence, difference)
	}
	return difference == ""
}

func (t *tale) fails(format string, args ...any) {
	if t.failure == "" {
		t.failure = fmt.Sprintf("after\n  %s\n%s\nthe last that the manager asked:\n  %s",
			strings.Join(t.done, "\n  "), fmt.Sprintf(format, args...), t.trail.of(t.name))
	}
}

// ends waits until all is as every model says.
func (s *saga) ends() {
	s.Helper()
	for going := s.tales; len(going) > 0; {
		at := s.look()
		var still []*tale
		for _, t := range going {
			if t.failure == "" && !t.is(at) {
				still = append(still, t)
			}
		}
		if going = still; len(going) > 0 {
			<-time.After(lookPause)
		}
	}
}

// objects are all that the tales have.
func (s *saga) objects() (all []object.Object) {
	s.Helper()
	var accounts v1alpha1.AccountList
	var sets v1alpha1.EnvVarSetList
	var conns v1alpha1.CloudConnectionList
	for _, list := range []client.ObjectList{&accounts, &sets, &conns} {
		s.must(s.api.List(s.Context(), list, client.InNamespace(s.ns)))
	}
	for i := range accounts.Items {
		all = append(all, &accounts.Items[i])
	}
	for i := range sets.Items {
		all = append(all, &sets.Items[i])
	}
	for i := range conns.Items {
		all = append(all, &conns.Items[i])
	}
	return all
}
