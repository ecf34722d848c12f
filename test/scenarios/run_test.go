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

// run is many histories that one manager deals with at a time. They share its namespace and its store, and have nothing to do
// with each other.
type run struct {
	*scenario
	chance    *rand.Rand
	way       *apigate.Gate
	store     *brokenStore
	trail     *trail
	db        *sql.DB
	histories []*history
	faultSet  *faultSet // what befalls all of them now; nil: nothing

	// How much longer a sealed value is than what it seals, and credentials than their key's ID.
	sealedValue, sealedKeys int
}

// An observation reads everything, so there are only so many.
const observePause = 100 * time.Millisecond

func newRun(t *testing.T, dialect string, seeds []uint64) *run {
	t.Helper()
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := &run{
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
	s.tune = func(o *controller.Options) {
		o.Recount, o.AfterStart, o.ReconcileTimeout = 10*time.Millisecond, time.Second, 5*time.Second
	}
	s.begin()
	s.vouch()
	s.db = s.openSQL()
	t.Cleanup(func() { _ = s.db.Close() })
	s.gauges()
	for _, seed := range seeds {
		s.histories = append(s.histories, &history{
			run: s, name: fmt.Sprintf("s%d", seed), model: newHistoryModel(), left: stepsOfAHistory, leaving: map[string]bool{},
			chance: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // it need not be secret
		})
	}
	return s
}

// gauges learns how long what is sealed is when it has no length of its own.
func (s *run) gauges() {
	s.Helper()
	set, conn := envVarSet("gauge-x", "gauge-a", value("GAUGE", canary)), s3Connection("gauge-c", "gauge-a", "gauge-k")
	s.create(account("gauge-a", "gauge-a@example.com"), secret("gauge-k", "access-key-id", "", "secret-access-key", ""), set, conn)
	s.becomesReady(set, conn)
	s.sealedValue = s.count(`SELECT length(value) FROM env_vars`)
	s.sealedKeys = s.count(`SELECT length(credentials) FROM connections`)
}

// plays has all histories go on, in an order made by chance, until their steps are done. Meanwhile fault sets come and go.
func (s *run) plays() {
	s.Helper()
	for going := s.going(); len(going) > 0; going = s.going() {
		ready := s.ready(going)
		if len(ready) == 0 {
			s.recovers()
			<-time.After(observePause)
			continue
		}
		t := ready[s.chance.IntN(len(ready))]
		t.armsFault()
		t.performs()
		s.befalls(t)
	}
	s.recovers()
}

// going are the histories that have steps left.
func (s *run) going() (going []*history) {
	for _, t := range s.histories {
		if t.left > 0 && t.failure == "" {
			going = append(going, t)
		}
	}
	return going
}

// ready are the histories that can go on: what is next can happen without more ado, or all is as it has to be.
func (s *run) ready(going []*history) (ready []*history) {
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
	at := s.observe()
	for _, t := range going {
		if t.is(at) {
			ready = append(ready, t)
		}
	}
	return ready
}

// waits reports whether what is next may happen only when all is as it has to be.
func (t *history) waits() bool {
	return t.next.certain || t.settling || t.next.absent != nil && t.isLeaving(t.next.absent)
}

// is reports whether all is as it has to be. A history that waits too long for that has failed.
func (t *history) is(at *observation) bool {
	difference := t.differs(at)
	switch {
	case difference == "":
		t.model.isCertain()
		t.late = time.Time{}
	case t.late.IsZero():
		t.late = time.Now().Add(convergence)
	case time.Now().After(t.late):
		t.fails("%s after that, %s", convergence, difference)
	}
	return difference == ""
}

func (t *history) fails(format string, args ...any) {
	if t.failure == "" {
		t.failure = fmt.Sprintf("after\n  %s\n%s\nthe last that the manager asked:\n  %s",
			strings.Join(t.done, "\n  "), fmt.Sprintf(format, args...), t.trail.of(t.name))
	}
}

// ends waits until all is as every model says.
func (s *run) ends() {
	s.Helper()
	for going := s.histories; len(going) > 0; {
		at := s.observe()
		var still []*history
		for _, t := range going {
			if t.failure == "" && !t.is(at) {
				still = append(still, t)
			}
		}
		if going = still; len(going) > 0 {
			<-time.After(observePause)
		}
	}
}

// objects are all that the histories have.
func (s *run) objects() (all []object.Object) {
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
