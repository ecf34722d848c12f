package scenarios

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/test/fault"
)

// takers are the ways in which an object takes from a Secret, each as an object of its own.
func takers(from *corev1.Secret) []object.Object {
	taker := func(way string) *v1alpha1.EnvVarSet { return envVarSet(from.Name+"-"+way, "alice") }
	key := &v1alpha1.KeySelector{Name: from.Name, Key: "key", Optional: true}
	one, whole, labelled, file := taker("one"), taker("whole"), taker("labelled"), taker("file")
	one.Spec.Env = []v1alpha1.EnvVar{{Name: "TAKEN", ValueFrom: &v1alpha1.EnvVarSource{SecretKeyRef: key}}}
	whole.Spec.EnvFrom = []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: from.Name, Optional: true}}}
	labelled.Spec.EnvFrom = []v1alpha1.EnvFromSource{{SecretSelector: &v1alpha1.SecretSelector{MatchLabels: from.Labels}}}
	file.Spec.Dotenv = []v1alpha1.DotenvSource{{SecretKeyRef: key}}
	return []object.Object{one, whole, labelled, file, s3Connection(from.Name+"-connection", "alice", from.Name)}
}

// refusedSecrets are Secrets that open the cluster itself.
func refusedSecrets() []*corev1.Secret {
	made := []*corev1.Secret{secret("release", "key", "1"), secret("bootstrap", "key", "1"), secret("identity", "key", "1")}
	for n, kind := range []corev1.SecretType{"helm.sh/release.v1", corev1.SecretTypeBootstrapToken, corev1.SecretTypeServiceAccountToken} {
		made[n].Type, made[n].Labels = kind, map[string]string{"of": made[n].Name}
		made[n].Data["access-key-id"], made[n].Data["secret-access-key"] = []byte(canary), []byte(canary)
	}
	made[2].Annotations = map[string]string{corev1.ServiceAccountNameKey: "default"}
	return made
}

// whoeverTakes expects that no object takes anything from the Secret in any way.
func (s *scenario) whoeverTakes(from *corev1.Secret, shown string) {
	s.Helper()
	for _, taker := range takers(from) {
		tried := fault.Begin(s.T, fault.Case{Goal: "G14", Workload: taker.GetName(), Trigger: "a Secret that " + shown})
		s.create(taker)
		message := s.becomes(taker, metav1.ConditionFalse, v1alpha1.ReasonSourceRefused)
		if !strings.Contains(message, "Secret/"+from.Name) || !strings.Contains(message, shown) {
			s.Errorf("%s: the message is %s", taker.GetName(), message)
		}
		tried.Add(1)
	}
	if n := s.count(`SELECT (SELECT count(*) FROM env_vars) + (SELECT count(*) FROM connections)`); n != 0 {
		s.Errorf("%d rows were taken from %s", n, from.Name)
	}
}

func TestSecret_OpensTheClusterNamedInAnyWay_IsRefused(t *testing.T) {
	s := withAlice(t)
	for _, src := range refusedSecrets() {
		s.create(src)
		s.whoeverTakes(src, fmt.Sprintf("has the type %s", src.Type))
	}
}

func TestConsent_SecretNamedInAnyWay_IsRefused(t *testing.T) {
	s := withAlice(t)
	s.stop()
	s.ask = true
	s.startManager()
	src := secret("src", "key", "1", "access-key-id", "1", "secret-access-key", "2")
	src.Labels = map[string]string{"of": "src", "account-operator.io/allow-sync": "false"}
	s.create(src)
	s.whoeverTakes(src, "account-operator.io/allow-sync=true")
}

func TestSecret_BecomesOneThatIsRefused_IsNotTakenAgain(t *testing.T) {
	w := newSettledWorld(newScenario(t))
	before := w.rows()
	w.delete(w.token)
	again := secret(w.token.Name, "token", "of the cluster")
	again.Type, again.Labels = "helm.sh/release.v1", w.token.Labels
	w.create(again)

	w.becomes(w.base, metav1.ConditionFalse, v1alpha1.ReasonSourceRefused)
	w.becomes(w.extra, metav1.ConditionFalse, v1alpha1.ReasonSourceRefused)
	if diff := untouched(w, before); diff != "" {
		t.Errorf("what was there was touched (-before +now):\n%s", diff)
	}
}
