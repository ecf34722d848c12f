package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
)

// Given sets that have to read seven MiB each, of which only two fit into memory at once, when all of them are made together, then they
// wait for each other without a word, and all are Ready in the end.
func TestEnvVarSet_LargeSetsAtOnce_WaitForEachOtherAndAreReady(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	const sources, sets = 7, 12
	for n := range sources {
		s.create(&corev1.ConfigMap{ObjectMeta: named(fmt.Sprint("large-", n)), Data: map[string]string{
			"taken": "1", "left": strings.Repeat("x", 1<<20-1000),
		}})
	}
	var all []object.Object
	for n := range sets {
		set := envVarSet(fmt.Sprint("large-", n), "alice")
		for i := range sources {
			set.Spec.Env = append(set.Spec.Env, v1alpha1.EnvVar{Name: fmt.Sprintf("L%d_%d", n, i), ValueFrom: &v1alpha1.EnvVarSource{
				ConfigMapKeyRef: &v1alpha1.KeySelector{Name: fmt.Sprint("large-", i), Key: "taken"},
			}})
		}
		all = append(all, set)
	}
	for _, set := range all {
		s.create(set)
	}

	for _, set := range all {
		s.becomesWithin(time.Minute, set, metav1.ConditionTrue, v1alpha1.ReasonSynced) // there are 84 MiB to read, watched for races
	}
	if n := s.count(`SELECT count(*) FROM env_vars`); n != sources*sets {
		t.Errorf("%d variables are stored", n)
	}
}
