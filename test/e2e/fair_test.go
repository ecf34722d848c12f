package e2e_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
)

// Given a namespace whose sets all take from one Secret, when that is rotated, which goes before what is new, and ten objects are created in
// another namespace, then these are Ready while most of the sets still wait.
func TestManager_ThousandsOfOneNamespaceChange_AnotherIsNotDelayed(t *testing.T) {
	sets := longform.Choose(400, 2000)
	accounts := sets / 10
	counted := fault.Begin(t, fault.Case{Goal: "G29", Workload: fmt.Sprint(sets, " sets"), Trigger: "their Secret changes", Action: "ten objects elsewhere", Dialect: sqlite})
	s, others := newScene(t, sqlite), newScene(t, sqlite)
	s.startWatching(others)
	keys := make([]string, 20)
	for n := range keys {
		keys[n] = fmt.Sprint("TOKEN_", n)
	}
	s.create(secret("shared", keys...))
	s.createAll(accounts, func(n int) client.Object { return account(fmt.Sprint("account-", n)) })
	s.createAll(sets, func(n int) client.Object {
		set := envVarSet(fmt.Sprint("set-", n), fmt.Sprint("account-", n%accounts), "shared", keys...)
		for k := range set.Spec.Env {
			set.Spec.Env[k].Name += fmt.Sprint("_OF_", n)
		}
		return set
	})
	s.allReady(accounts+sets, applied)
	unrotated := s.newest()

	began := time.Now()
	change(s, &corev1.Secret{ObjectMeta: inNamespace("shared", s.ns)}, func(o *corev1.Secret) {
		for key := range o.Data {
			o.Data[key] = append(o.Data[key], '+')
		}
	})
	s.eventually(func(context.Context) string {
		if s.rotated(unrotated) == 0 {
			return "no set was written"
		}
		return ""
	})
	others.tenMoreAreReady("others", 0)
	beforeTheTen := s.rotated(unrotated) / len(keys)

	s.within(applied, func(context.Context) string {
		if n := s.rotated(unrotated); n < sets*len(keys) {
			return fmt.Sprintf("%d of %d variables were written", n, sets*len(keys))
		}
		return ""
	})
	t.Logf("all %d were written after %s, %d before the ten", sets, time.Since(began).Round(time.Millisecond), beforeTheTen)
	counted.Add(1)
	if beforeTheTen > sets/2 {
		t.Errorf("%d of %d sets went before the ten objects of the other namespace", beforeTheTen, sets)
	}
}

// startWatching starts a manager that serves the other scene's namespace, too.
func (s *scene) startWatching(others *scene) {
	s.Helper()
	s.start(s.as("manager"), "--watch-namespaces="+s.ns+","+others.ns)
}

// newest is the highest version of our variables: one that is written again gets a higher one.
func (s *scene) newest() string {
	s.Helper()
	return s.column(`SELECT CAST(max(version) AS TEXT) FROM env_vars WHERE owner_namespace = '` + s.ns + `'`)[0]
}

// rotated is how many of our variables were written since.
func (s *scene) rotated(since string) int {
	s.Helper()
	n, err := strconv.Atoi(s.column(`SELECT CAST(count(*) AS TEXT) FROM env_vars WHERE owner_namespace = '` + s.ns + `' AND version > ` + since)[0])
	s.must(err)
	return n
}
