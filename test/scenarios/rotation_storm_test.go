package scenarios

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store/storetest"
	"github.com/account-operator/account-operator/test/fault"
	"github.com/account-operator/account-operator/test/long"
)

// A storm rotates Secrets faster than the store writes. What a rotation is shows in the length of its values: each is one
// byte longer than the last, and a sealed value is as much longer as what it seals.
const (
	stormPace = 200 * time.Millisecond
	settledBy = 2 * time.Second
)

var rotations = long.Choose(20, 100)

func rotated(serial int) []byte { return []byte(canary + strings.Repeat("x", serial)) }

// slowWrites is a store that takes its time over every write: up to more than a rotation takes, before it and after it.
func slowWrites() storetest.Hook {
	var n atomic.Int64
	return func(call string, _ storetest.Moment) error {
		if call == "SyncEnvVars" || call == "SyncPairs" {
			<-time.After(time.Duration(n.Add(1)%4) * 75 * time.Millisecond)
		}
		return nil
	}
}

// remembersCommits has the store keep the variables as each of its transactions left them. A transaction of a manager ends
// with the row that says whose writes these are.
func (s *scenario) remembersCommits() {
	s.Helper()
	s.foreign(`CREATE TABLE commits (id INTEGER NOT NULL, account INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL)`)
	s.foreign(`CREATE TRIGGER commits_kept AFTER UPDATE ON writer WHEN NEW.own = 0
		BEGIN
			INSERT INTO commits SELECT (SELECT coalesce(max(id), 0) + 1 FROM commits), account_id, name, length(value) FROM env_vars;
		END`)
}

// mixes counts the commits in which variables of an account whose names begin alike were of different rotations, or were not all there.
func (s *scenario) mixes(prefix string, variables int) int {
	s.Helper()
	return s.count(`SELECT count(*) FROM (SELECT id FROM commits WHERE name LIKE ? || '%' GROUP BY id, account
		HAVING count(DISTINCT size) <> 1 OR count(*) <> ?)`, prefix, variables)
}

func (s *scenario) commits() int {
	s.Helper()
	return s.count(`SELECT count(DISTINCT id) FROM commits`)
}

// storm is a scenario whose store is slow.
type storm struct {
	*scenario
	rotated *atomic.Int64
}

func newStorm(t *testing.T) storm {
	t.Helper()
	rotated := fault.Begin(t, fault.Case{Goal: "G10", Workload: "a set is written slowly", Action: "rotate its Secrets"})
	return storm{newScenarioOn(t, slowWrites()), rotated}
}

// strikes rotates the Secrets in turn, and returns when the last rotation is what all their variables have.
func (s storm) strikes(secrets ...*corev1.Secret) {
	s.Helper()
	first := s.count(`SELECT min(length(value)) FROM env_vars`)
	tick := time.NewTicker(stormPace)
	defer tick.Stop()
	for serial := 1; serial <= rotations; serial++ {
		<-tick.C
		for _, src := range secrets {
			change(s.scenario, src, func(o *corev1.Secret) {
				for key := range o.Data {
					o.Data[key] = rotated(serial)
				}
			})
		}
		s.rotated.Add(1)
	}
	s.eventually(settledBy, func() string {
		if old := s.count(`SELECT count(*) FROM env_vars WHERE length(value) <> ?`, first+rotations); old > 0 {
			return fmt.Sprintf("%d variables have not the value of the last rotation", old)
		}
		return ""
	})
}

// tenKeys is a Secret whose values are all of one rotation.
func tenKeys(name string) *corev1.Secret {
	src := secret(name)
	for n := range 10 {
		src.Data[fmt.Sprintf("KEY_%d", n)] = rotated(0)
	}
	return src
}

func TestRotation_StormOnOneSource_NeverMixesTwoVersions(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	src, set := tenKeys("src"), envVarSet("base", "alice")
	// Given a set that takes the same Secret as a whole, and key by key.
	set.Spec.EnvFrom = []v1alpha1.EnvFromSource{{Prefix: "WHOLE_", SecretRef: &v1alpha1.ObjectSelector{Name: "src"}}}
	for n := range 10 {
		set.Spec.Env = append(set.Spec.Env, fromSecret(fmt.Sprintf("WHOLE_%d", n), "src", fmt.Sprintf("KEY_%d", n)))
	}
	s.create(account("alice", email), src, set)
	s.becomesReady(set)
	s.remembersCommits()

	s.strikes(src)

	if n := s.mixes("WHOLE_", 20); n > 0 {
		t.Errorf("%d of %d commits had values of two rotations", n, s.commits())
	}
	if n := s.commits(); n < rotations/4 {
		t.Errorf("void: only %d commits in %d rotations", n, rotations)
	}
}

func TestRotation_StormOnTwoSources_MixesNone(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	left, right, set := tenKeys("left"), tenKeys("right"), envVarSet("base", "alice")
	set.Spec.EnvFrom = []v1alpha1.EnvFromSource{
		{Prefix: "LEFT_", SecretRef: &v1alpha1.ObjectSelector{Name: "left"}},
		{Prefix: "RIGHT_", SecretRef: &v1alpha1.ObjectSelector{Name: "right"}},
	}
	s.create(account("alice", email), left, right, set)
	s.becomesReady(set)
	s.remembersCommits()

	s.strikes(left, right)

	for _, prefix := range []string{"LEFT_", "RIGHT_"} {
		if n := s.mixes(prefix, 10); n > 0 {
			t.Errorf("%d of %d commits had values of two rotations of %s", n, s.commits(), prefix)
		}
	}
}

func TestRotation_StormOnASetOfManyAccounts_MixesNoneInAnyOfThem(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	m := crewIn(s.scenario, 3)
	src, set := tenKeys("src"), teamSet()
	set.Spec.EnvFrom = []v1alpha1.EnvFromSource{{Prefix: "WHOLE_", SecretRef: &v1alpha1.ObjectSelector{Name: "src"}}}
	m.create(src, set)
	m.shows(set, "3/3")
	m.becomesReady(set)
	s.remembersCommits()

	s.strikes(src)

	if n := s.mixes("WHOLE_", 10); n > 0 {
		t.Errorf("%d times in %d commits an account had values of two rotations", n, s.commits())
	}
	if n := s.commits(); n < rotations/4 {
		t.Errorf("void: only %d commits in %d rotations", n, rotations)
	}
}
