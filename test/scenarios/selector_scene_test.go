package scenarios

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
)

// vision is what the selectors of these tests choose Accounts by.
var vision = map[string]string{"team": "vision"}

// engineer is an Account of the team.
func engineer(n int) *v1alpha1.Account {
	a := account(fmt.Sprint("e", n), fmt.Sprintf("e%d@example.com", n))
	a.Labels = maps.Clone(vision)
	return a
}

// teamSet is for all of the team.
func teamSet(env ...v1alpha1.EnvVar) *v1alpha1.EnvVarSet {
	set := envVarSet("team", "", env...)
	set.Spec.AccountSelector = &v1alpha1.AccountSelector{MatchLabels: vision}
	return set
}

// forTeam is such a set by another name.
func forTeam(name string) *v1alpha1.EnvVarSet {
	set := teamSet(value("A", "1"))
	set.Name = name
	return set
}

// crew is a scenario with Accounts of a team, all in the store.
type crew struct {
	*scenario
	engineers []*v1alpha1.Account
}

func newCrew(t *testing.T, engineers int) crew {
	t.Helper()
	return crewIn(newScenario(t), engineers)
}

// onBothStores has a test for a team on each.
func onBothStores(t *testing.T, engineers int, test func(crew)) {
	t.Helper()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			test(crewIn(newScenarioIn(t, dialect), engineers))
		})
	}
}

func crewIn(s *scenario, engineers int) crew {
	s.Helper()
	m := crew{s, nil}
	todo, ctx := errgroup.WithContext(context.Background())
	todo.SetLimit(16)
	for n := range engineers {
		a := engineer(n)
		a.Namespace = s.ns
		m.engineers = append(m.engineers, a)
		todo.Go(func() error { return s.api.Create(ctx, a) })
	}
	s.must(await.Result(s, todo.Wait))
	for _, a := range m.engineers {
		s.becomesWithin(4*soon, a, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	}
	return m
}

// has compares which of the accounts have a variable.
func (m crew) has(name string, want ...int) string {
	m.Helper()
	var wanted, have []string
	for _, n := range want {
		wanted = append(wanted, m.engineers[n].Name)
	}
	for _, a := range m.engineers {
		if m.count(`SELECT count(*) FROM env_vars v JOIN accounts a ON a.id = v.account_id
			WHERE v.name = ? AND a.email = ? AND a.deleted_at IS NULL AND v.owner_name = 'team'`, name, a.Spec.Email) > 0 {
			have = append(have, a.Name)
		}
	}
	return cmp.Diff(wanted, have)
}

// eventuallyHas waits for it.
func (m crew) eventuallyHas(name string, want ...int) {
	m.Helper()
	m.eventually(soon, func() string { return m.has(name, want...) })
}

// shows waits for a progress such as 2/3.
func (m crew) shows(set *v1alpha1.EnvVarSet, progress string) {
	m.Helper()
	m.eventually(soon, func() string {
		if err := m.api.Get(context.Background(), client.ObjectKeyFromObject(set), set); err != nil {
			return err.Error()
		}
		if got := set.Status.Accounts.Progress; got != progress {
			return fmt.Sprintf("%s of the Accounts have it, want %s", got, progress)
		}
		return ""
	})
}

func (m crew) relabel(n int, labels map[string]string) {
	m.Helper()
	change(m.scenario, m.engineers[n], func(a *v1alpha1.Account) { a.Labels = labels })
}

// versions are those of all variables, which no write leaves as they were.
func (m crew) versions() map[string]int {
	m.Helper()
	all := map[string]int{}
	for _, a := range m.engineers {
		all[a.Name] = m.count(`SELECT coalesce(sum(v.version), 0) FROM env_vars v JOIN accounts a ON a.id = v.account_id
			WHERE a.email = ? AND a.deleted_at IS NULL`, a.Spec.Email)
	}
	return all
}

// costs are requests that write, and that read a Secret's content.
func costs(r cluster.Request) bool {
	return cluster.Writes(r) || r.Verb == "get" && r.Resource == "secrets"
}

// nth is a hook that acts once, at a call of a name.
type nth struct {
	mu     sync.Mutex
	call   string
	when   storetest.Moment
	number int // of the call; zero: never
	act    func() error
}

func (n *nth) hook(call string, when storetest.Moment) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if call != n.call || when != n.when || n.number == 0 {
		return nil
	}
	if n.number--; n.number > 0 {
		return nil
	}
	return n.act()
}

func (n *nth) set(number int, call string, when storetest.Moment, act func() error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.number, n.call, n.when, n.act = number, call, when, act
}

// storeBatch is how many accounts one transaction writes.
const storeBatch = store.MaxPairs
