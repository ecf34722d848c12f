package e2e_test

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/await"
	longform "github.com/account-operator/account-operator/test/long"
)

// applied is how long an apply of many objects may take on a machine that is busy with others; nothing is judged by it.
var applied = longform.Choose(long, 20*time.Minute)

// createMany makes so many objects, a few clients' work: of four, one is an account, two are sets of variables with a
// Secret of their own, and one is a connection. It insists where the API server is not there.
func (s *scene) createMany(objects int) error {
	var todo errgroup.Group
	todo.SetLimit(8)
	create := func(objects ...client.Object) {
		todo.Go(func() error {
			for _, o := range objects {
				o.SetNamespace(s.ns)
				if err := s.insist(o); err != nil {
					return err
				}
			}
			return nil
		})
	}
	name := func(what string, n int) string { return fmt.Sprintf("%s-%d", what, n) }
	create(credentials("s3"))
	for n := range objects / 4 {
		create(account(name("account", n)))
		create(connection(name("connection", n), name("account", n), "s3"))
		for _, n := range []int{2 * n, 2*n + 1} {
			keys := []string{fmt.Sprintf("TOKEN_%d", n), fmt.Sprintf("KEY_%d", n)}
			create(secret(name("secret", n), keys...), envVarSet(name("set", n), name("account", n/2), name("secret", n), keys...))
		}
	}
	return await.Result(s, todo.Wait)
}

// insist creates an object, whatever the API server does meanwhile.
func (s *scene) insist(o client.Object) error {
	ctx, cancel := context.WithTimeout(s.Context(), applied)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		o.SetResourceVersion("")
		err := s.api.Create(ctx, o)
		if err == nil || apierrors.IsAlreadyExists(err) || apierrors.IsInvalid(err) {
			return client.IgnoreAlreadyExists(err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("creating %s: %w", o.GetName(), err)
		}
	}
}

// allReady waits until so many of our objects are Ready as they are now.
func (s *scene) allReady(objects int, limit time.Duration) {
	s.Helper()
	s.within(limit, func(ctx context.Context) string {
		ready, example := 0, "none"
		for _, list := range []client.ObjectList{&v1alpha1.AccountList{}, &v1alpha1.EnvVarSetList{}, &v1alpha1.CloudConnectionList{}} {
			if err := s.api.List(ctx, list, client.InNamespace(s.ns)); err != nil {
				return err.Error()
			}
			items, err := meta.ExtractList(list)
			if err != nil {
				return err.Error()
			}
			for _, item := range items {
				o := item.(object)
				said := meta.FindStatusCondition(o.CommonStatus().Conditions, v1alpha1.ConditionReady)
				if said != nil && said.Status == "True" && said.ObservedGeneration == o.GetGeneration() {
					ready++
				} else {
					example = fmt.Sprintf("%s: %v", o.GetName(), said)
				}
			}
		}
		if ready != objects {
			return fmt.Sprintf("%d of %d objects are Ready; one that is not: %s", ready, objects, example)
		}
		return ""
	})
}

// hasStored checks that the store holds what createMany asks for, and never held anything twice.
func (s *scene) hasStored(objects int) {
	s.Helper()
	for _, c := range []struct {
		what, query string
		want        int
	}{
		{"accounts that ever were", `SELECT CAST(count(*) AS TEXT) FROM accounts`, objects / 4},
		{"accounts that are", `SELECT CAST(count(DISTINCT uid) AS TEXT) FROM accounts WHERE deleted_at IS NULL`, objects / 4},
		{"variables", `SELECT CAST(count(*) AS TEXT) FROM env_vars`, objects},
		{"connections", `SELECT CAST(count(*) AS TEXT) FROM connections`, objects / 4},
	} {
		if got := s.column(c.query); got[0] != fmt.Sprint(c.want) {
			s.Errorf("the store has %s %s, want %d", got[0], c.what, c.want)
		}
	}
}
