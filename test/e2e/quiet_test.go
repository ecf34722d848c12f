package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
	longform "github.com/account-operator/account-operator/test/long"
)

// Given many objects that are in sync, when nothing happens for a while, then nothing is asked of the API server, but that watches
// go on, and nothing is written anywhere.
func TestRest_ManyObjects_AreLeftAlone(t *testing.T) {
	objects, rest := longform.Choose(40, 1000), longform.Choose(3*time.Second, 5*time.Minute)
	onBoth(t, func(t *testing.T, dialect string) {
		rested := fault.Begin(t, fault.Case{
			Goal: "G11", Workload: fmt.Sprint(objects, " settled objects"), Trigger: "at rest", Action: fmt.Sprint("nothing for ", rest), Dialect: dialect,
		})
		s := newScene(t, dialect)
		m := s.startMeasured()
		s.must(s.createMany(objects))
		s.settles(m, objects)
		s.countsAreShown() // which follows from the apply within seconds
		stored, mark := s.dump(), s.cluster.Audit.Mark()

		s.passes(rest)
		rested.Add(1)

		asked, err := s.cluster.Audit.Since(mark, cluster.ByUser("manager-of-"+s.ns))
		s.must(err)
		for what, n := range cluster.Count(asked) {
			if !strings.HasPrefix(what, "watch ") {
				t.Errorf("the API server was asked %d times for: %s", n, what)
			}
		}
		if now := s.dump(); now != stored {
			t.Errorf("the store was written:\n%s", firstDifference(stored, now))
		}
	})
}

// countsAreShown waits until each Account of createMany shows its two variables of each set, and of its connection.
func (s *scene) countsAreShown() {
	s.Helper()
	s.within(2*long, func(ctx context.Context) string {
		var accounts v1alpha1.AccountList
		if err := s.api.List(ctx, &accounts, client.InNamespace(s.ns)); err != nil {
			return err.Error()
		}
		for _, a := range accounts.Items {
			variables, connections := a.Status.EnvVarCount, a.Status.CloudConnectionCount
			if variables == nil || *variables != 4 || connections == nil || *connections != 1 {
				return a.Name + " does not tell yet how much it has"
			}
		}
		return ""
	})
}
