package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/seal"
)

// trio is an Account with what refers to it.
type trio struct {
	*scenario
	account *v1alpha1.Account
	set     *v1alpha1.EnvVarSet
	once    *v1alpha1.EnvVarSet // holds nothing in the store after it wrote it
	conn    *v1alpha1.CloudConnection
}

func (s *scenario) trio(name string) trio {
	address := name + "@example.com"
	t := trio{
		s, account(name, address), envVarSet(name, name, value("A", "1")), envVarSet(name+"-once", name, value("ONCE", "1")),
		s3Connection(name, name, "s3"),
	}
	t.once.Spec.UpdatePolicy = v1alpha1.UpdateIfNotExists
	return t
}

// What happens to a trio, in any order.
var turns = map[string]func(trio){
	"account":     func(t trio) { t.create(t.account) },
	"set":         func(t trio) { t.create(t.set) },
	"once":        func(t trio) { t.create(t.once) },
	"connection":  func(t trio) { t.create(t.conn) },
	"row is gone": trio.rowIsGone,
	"all said":    trio.settle,
}

// rowIsGone has another program delete the account's row, and all that hangs on it.
func (t trio) rowIsGone() {
	t.Helper()
	t.foreign(t.cascading(`DELETE FROM accounts WHERE email = '` + t.account.Spec.Email + `'`))
}

// cascading has SQLite delete what hangs on a row with it, as PostgreSQL does.
func (s *scenario) cascading(query string) string {
	if s.server == "" {
		return `PRAGMA foreign_keys = ON; ` + query
	}
	return query
}

// settle waits until each object of the trio that was created says something of its present generation.
func (t trio) settle() {
	t.Helper()
	for _, o := range []object.Object{t.account, t.set, t.once, t.conn} {
		if o.GetUID() == "" {
			continue
		}
		t.eventually(soon, func() string {
			t.must(t.api.Get(context.Background(), client.ObjectKeyFromObject(o), o))
			if o.CommonStatus().ObservedGeneration != o.GetGeneration() {
				return o.GetName() + " says nothing yet"
			}
			return ""
		})
	}
}

// isWhole waits until the store has all of the trio and every object says so.
func (t trio) isWhole() {
	t.Helper()
	for _, o := range []object.Object{t.account, t.set, t.once, t.conn} {
		t.becomesWithin(atOnce, o, metav1.ConditionTrue, v1alpha1.ReasonSynced)
	}
	t.eventually(atOnce, func() string {
		n := 0
		for _, table := range []string{"env_vars", "connections"} {
			n += t.count(`SELECT count(*) FROM accounts a JOIN `+table+` r ON r.account_id = a.id WHERE a.email = ? AND a.deleted_at IS NULL`, t.account.Spec.Email)
		}
		if n != 3 {
			return fmt.Sprintf("the store has %d of 3 rows of %s", n, t.account.Name)
		}
		return ""
	})
}

// Given an Account and what refers to it, when they are created in any order, and another program deletes the account's row at any
// point of it, at once or after all have said what they found, then all are in the store in the end.
func TestDependants_AccountsRowMadeAtAnyTime_AllReachTheStore(t *testing.T) {
	for _, dialect := range []string{"sqlite", "postgres"} {
		s := newScenarioIn(t, dialect)
		s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"))
		n := 0
		for _, order := range orders("account", "set", "once", "connection", "row is gone") {
			if slices.Index(order, "row is gone") < slices.Index(order, "account") {
				continue // there is no row yet
			}
			n++
			of, settles := s.trio(fmt.Sprint("trio-", n)), n
			t.Run(dialect+": "+strings.Join(order, ", "), func(t *testing.T) {
				t.Parallel()
				own := *s
				own.T, of.scenario = t, &own
				for i, turn := range order {
					if turns[turn](of); (settles+i)%2 == 0 {
						of.settle()
					}
				}
				of.isWhole()
			})
		}
	}
}

// orders are all in which these can come.
func orders(of ...string) (all [][]string) {
	if len(of) == 0 {
		return [][]string{nil}
	}
	for i, first := range of {
		for _, rest := range orders(slices.Delete(slices.Clone(of), i, i+1)...) {
			all = append(all, append([]string{first}, rest...))
		}
	}
	return all
}

// Given trios in sync, when a manager begins with a store that has nothing of them, then all are in it soon, although the Accounts
// say Ready all the while.
func TestDependants_StoreHasLostAllRows_AllReachTheStore(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	s.create(secret("s3", "access-key-id", "1", "secret-access-key", "2"))
	var trios []trio
	for n := range 10 {
		of := s.trio(fmt.Sprint("trio-", n))
		for _, turn := range []string{"account", "set", "once", "connection", "all said"} {
			turns[turn](of)
		}
		trios = append(trios, of)
	}
	s.stop()
	for _, table := range []string{"accounts", "applied", "changes"} {
		s.foreign(s.cascading(`DELETE FROM ` + table))
	}

	s.startManager()

	for _, of := range trios {
		of.isWhole()
	}
}

// newScenarioIn is for a store of this dialect.
func newScenarioIn(t *testing.T, dialect string) *scenario {
	t.Helper()
	if dialect == "sqlite" {
		return newScenario(t)
	}
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s := &scenario{T: t, server: server.NewDatabase(t), keyset: keyset, hook: nothingFails}
	s.begin()
	return s
}
