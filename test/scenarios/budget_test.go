package scenarios

import (
	"context"
	"net/http"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/fault"
)

// writesTo chooses what the manager wrote of our kinds; events and Leases are counted elsewhere. A conflict wrote nothing: it
// says that the cache was behind, as on a busy machine, and how often one is tried again is in conflicts_test.go.
func writesTo(r cluster.Request) bool {
	return cluster.Writes(r) && r.Group == v1alpha1.GroupVersion.Group && r.Code != http.StatusConflict
}

// costs waits until the manager has written exactly this, and counts again from there: a write too many, if it comes late, is
// found in the next step. (The audit log has a request a moment after its answer.)
func (s *scenario) costs(step string, want map[string]int) {
	s.Helper()
	fault.Begin(s.T, fault.Case{Goal: "G25", Workload: step}).Add(1)
	s.eventually(soon, func() string {
		if diff := cmp.Diff(want, s.requests(writesTo)); diff != "" {
			return "writes to " + step + " (-want +got):\n" + diff
		}
		return ""
	})
	s.watch()
}

func TestBudget_EnvVarSet_IsKept(t *testing.T) {
	s := withAlice(t)
	src := secret("hf", "token", "1")
	s.create(src)
	set := envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	budget := func(step string, want map[string]int) { t.Helper(); s.costs(step, want) }
	oneStatus := map[string]int{"update envvarsets/status": 1}

	s.watch()
	s.create(set)
	s.becomesReady(set)
	if n := s.requests(cluster.ByResource("secrets"))["get secrets"]; n != 1 {
		t.Errorf("the Secret was read %d times", n)
	}
	budget("create where admission does not add the finalizer", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})

	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env = append(e.Spec.Env, value("B", "2")) })
	s.becomesReady(set)
	budget("change the spec", oneStatus)

	rotated := set.Status.Sources[0].ResourceVersion
	change(s, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "2") })
	s.eventually(soon, func() string {
		s.becomesReady(set)
		if set.Status.Sources[0].ResourceVersion == rotated {
			return "status speaks of the old version"
		}
		return ""
	})
	if n := s.requests(cluster.ByResource("secrets"))["get secrets"]; n != 1 {
		t.Errorf("the rotated Secret was read %d times", n)
	}
	budget("rotate", oneStatus)

	s.delete(set)
	s.isGone(set)
	budget("delete", map[string]int{"patch envvarsets": 1})
}

func TestBudget_SetOfManyAccounts_IsKept(t *testing.T) {
	m := newCrew(t, 3)
	src, set := secret("hf", "token", "1"), teamSet(fromSecret("HF_TOKEN", "hf", "token"))
	m.create(src)
	m.relabel(2, nil)
	oneStatus := map[string]int{"update envvarsets/status": 1}

	m.watch()
	m.create(set)
	m.shows(set, "2/2")
	m.costs("create a set with a selector", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})

	m.relabel(2, vision)
	m.shows(set, "3/3")
	m.costs("give an Account the label", oneStatus)

	rotated := set.Status.Sources[0].ResourceVersion
	change(m.scenario, src, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "2") })
	m.eventually(soon, func() string {
		if m.becomesReady(set); set.Status.Sources[0].ResourceVersion == rotated {
			return "status speaks of the old version"
		}
		return ""
	})
	m.costs("rotate what three accounts have", oneStatus)

	m.relabel(0, nil)
	m.shows(set, "2/2")
	m.costs("take the label from an Account", oneStatus)

	m.delete(set)
	m.isGone(set)
	m.costs("delete a set with a selector", map[string]int{"patch envvarsets": 1})
}

func TestRestart_EverythingInSync_CostsNothing(t *testing.T) {
	s := withAlice(t)
	src, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	conn := s3Connection("data", "alice", "s3")
	s.create(src, secret("s3", "access-key-id", "1", "secret-access-key", "2"), set, conn)
	s.becomesReady(set, conn)
	s.costs("create", map[string]int{
		"patch accounts": 1, "update accounts/status": 1, "patch envvarsets": 1, "update envvarsets/status": 1,
		"patch cloudconnections": 1, "update cloudconnections/status": 1,
	})
	audited := s.count(`SELECT count(*) FROM audit`)

	s.restartManager()
	// An object that is made last is worked on last: when it is Ready, all that were there before have been reconciled.
	last := envVarSet("last", "alice", value("LAST", "1"))
	s.create(last)
	s.becomesReady(last)

	if n := s.requests(cluster.ByResource("secrets"))["get secrets"]; n != 0 {
		t.Errorf("%d Secrets were read", n)
	}
	if n := s.count(`SELECT count(*) FROM audit`) - audited; n != 1 {
		t.Errorf("%d writes to the store, want the one of the new set", n)
	}
	s.costs("create the last set, and for the restart nothing", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})
}

func TestEnvVarSet_LabelChanges_WritesNothing(t *testing.T) {
	s := withAlice(t)
	src, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	s.watch()
	s.create(src, set)
	s.becomesReady(set)
	s.costs("create", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})

	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Labels = map[string]string{"team": "a"} })
	last := envVarSet("last", "alice", value("LAST", "1"))
	s.create(last)
	s.becomesReady(last)
	s.costs("create the last set, and for a label nothing", map[string]int{"patch envvarsets": 1, "update envvarsets/status": 1})
}

func TestEnvVarSet_FinalizerSetAtAdmission_CostsOneWrite(t *testing.T) {
	s := withAlice(t)
	s.installFinalizerPolicy()
	set := envVarSet("base", "alice", value("A", "1"))

	s.watch()
	s.create(set)
	s.becomesReady(set)
	s.costs("create where admission adds the finalizer", map[string]int{"update envvarsets/status": 1})

	s.delete(set)
	s.isGone(set)
	s.costs("delete", map[string]int{"patch envvarsets": 1})
}

// installFinalizerPolicy installs the policy as shipped, for this scenario's namespace only.
func (s *scenario) installFinalizerPolicy() {
	s.Helper()
	file, err := os.Open("../../config/admission/finalizer_policy.yaml")
	s.must(err)
	defer func() { _ = file.Close() }()
	docs := yaml.NewYAMLOrJSONDecoder(file, 4096)
	var policy, binding unstructured.Unstructured
	s.must(docs.Decode(&policy))
	s.must(docs.Decode(&binding))
	policy.SetName(s.ns)
	binding.SetName(s.ns)
	s.must(unstructured.SetNestedField(binding.Object, s.ns, "spec", "policyName"))
	s.must(unstructured.SetNestedStringMap(binding.Object, map[string]string{"kubernetes.io/metadata.name": s.ns},
		"spec", "matchResources", "namespaceSelector", "matchLabels"))
	for _, o := range []*unstructured.Unstructured{&policy, &binding} {
		s.must(s.api.Create(context.Background(), o))
		s.Cleanup(func() { _ = s.api.Delete(context.Background(), o) })
	}
	s.eventually(soon, func() string {
		probe := envVarSet("probe", "alice")
		probe.Namespace = s.ns
		s.must(s.api.Create(context.Background(), probe, client.DryRunAll))
		if len(probe.Finalizers) == 1 {
			return ""
		}
		return "the policy does not act yet"
	})
}
