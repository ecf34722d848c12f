package scenarios

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

func TestEnvVarSet_NameInAnotherSpelling_IsItsHolders(t *testing.T) {
	s := newFoldingScenario(t)
	first, second := envVarSet("first", "alice", value("Path", "1")), envVarSet("second", "alice", value("PATH", "2"))
	s.create(account("alice", email), first)
	s.becomesReady(first)

	s.create(second)
	message := s.becomes(second, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)
	if !strings.Contains(message, "PATH") || !strings.Contains(message, `"first"`) {
		t.Errorf("the name and its holder are not shown: %s", message)
	}

	s.delete(first)
	s.becomesWithin(atOnce, second, metav1.ConditionTrue, v1alpha1.ReasonSynced)
}

// newFoldingScenario is for a store that says it folds upper and lower case.
func newFoldingScenario(t *testing.T) *scenario {
	s := newScenario(t)
	s.stop()
	s.folds = true
	s.startManager()
	return s
}
