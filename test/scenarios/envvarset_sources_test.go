package scenarios

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// eventuallyHas waits until the account has exactly these variables.
func (s *scenario) eventuallyHas(names ...string) {
	s.Helper()
	s.eventually(atOnce, func() string { return s.namesDiffer(names...) })
}

func (s *scenario) namesDiffer(want ...string) string { return cmp.Diff(want, s.names(email)) }

// receivesEvent waits for an event of this reason about the object, and returns its message.
func (s *scenario) receivesEvent(obj client.Object, reason string) string {
	s.Helper()
	var message string
	s.eventually(soon, func() string {
		var found corev1.EventList
		s.must(s.api.List(context.Background(), &found, client.InNamespace(s.ns)))
		for _, e := range found.Items {
			if e.InvolvedObject.Name == obj.GetName() && e.Reason == reason {
				message = e.Message
				return ""
			}
		}
		return fmt.Sprintf("no event %s about %s", reason, obj.GetName())
	})
	return message
}

func TestEnvVarSet_PastedFile_ReachesTheAccount(t *testing.T) {
	s := withAlice(t)
	src := &corev1.Secret{ObjectMeta: named("team-env"), Data: map[string][]byte{
		".env": []byte("# the team's\nexport HF_TOKEN='" + canary + "'\nJSON={\"a\":\"$HOME\"}\n"),
	}}
	set := envVarSet("base", "alice")
	set.Spec.Dotenv = []v1alpha1.DotenvSource{
		{Inline: "WANDB_MODE=offline\n"},
		{SecretKeyRef: &v1alpha1.KeySelector{Name: "team-env", Key: ".env"}},
	}
	s.create(src, set)
	s.becomesReady(set)
	s.eventuallyHas("HF_TOKEN", "JSON", "WANDB_MODE")

	change(s, src, func(o *corev1.Secret) { o.Data[".env"] = []byte("HF_TOKEN='" + canary + "'\nJSON='" + canary) })
	message := s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceInvalid)
	if !strings.Contains(message, "dotenv[1]") || !strings.Contains(message, "line 2") {
		t.Errorf("where the mistake is, is not shown: %s", message)
	}
	s.eventuallyHas("HF_TOKEN", "JSON", "WANDB_MODE")
}

func TestSelector_LabelsChange_FollowsThem(t *testing.T) {
	s := withAlice(t)
	first, second := secret("first", "S3_ID", "1", "OTHER", "2"), secret("second", "S3_KEY", "3")
	first.Labels = map[string]string{"env": "training"}
	set := envVarSet("base", "alice")
	set.Spec.EnvFrom = []v1alpha1.EnvFromSource{{
		SecretSelector: &v1alpha1.SecretSelector{MatchLabels: map[string]string{"env": "training"}},
		Keys:           v1alpha1.KeyFilter{Include: []string{"^S3_"}},
	}}
	s.create(second, set)
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceMissing)

	s.create(first)
	s.becomesReady(set)
	s.eventuallyHas("S3_ID")

	change(s, second, func(o *corev1.Secret) { o.Labels = map[string]string{"env": "training"} })
	s.eventuallyHas("S3_ID", "S3_KEY")

	change(s, first, func(o *corev1.Secret) { o.Labels = nil })
	s.eventuallyHas("S3_KEY")
}

func TestIfNotExists_Written_IsLetGo(t *testing.T) {
	s := withAlice(t)
	holders, set := envVarSet("holders", "alice", value("THERE", "1")), envVarSet("base", "alice", value("THERE", "2"), value("NEW", "1"))
	holders.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(holders)
	s.becomesReady(holders)
	s.delete(holders)
	s.isGone(holders)
	before := s.count(`SELECT version FROM env_vars WHERE name = 'THERE'`)

	set.Spec.UpdatePolicy = v1alpha1.UpdateIfNotExists
	s.create(set)
	s.becomesReady(set)
	s.eventuallyHas("NEW", "THERE")
	if s.count(`SELECT version FROM env_vars WHERE name = 'THERE'`) != before {
		t.Error("what was there was written")
	}
	if s.count(`SELECT count(*) FROM env_vars WHERE owner_uid IS NOT NULL`) != 0 {
		t.Error("a variable was not released")
	}

	s.delete(set)
	s.isGone(set)
	s.eventuallyHas("NEW", "THERE")
}

func TestDrift_PutBackOrAdopted_LeavesAnEvent(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", canary), value("B", "2"))
	s.create(set)
	s.becomesReady(set)

	s.foreign(`DELETE FROM env_vars WHERE name = 'A'`)
	if message := s.receivesEvent(set, "DriftCorrected"); !strings.HasSuffix(message, ": A") {
		t.Errorf("the event is %q", message)
	}
	s.eventuallyHas("A", "B")

	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.DeletionPolicy = v1alpha1.DeletionRetain })
	s.becomesReady(set)
	s.delete(set)
	s.isGone(set)
	heir := envVarSet("heir", "alice", value("B", "3"))
	s.create(heir)
	s.becomesReady(heir)
	if message := s.receivesEvent(heir, "Adopted"); !strings.HasSuffix(message, ": B") {
		t.Errorf("the event is %q", message)
	}
}

func TestDrift_ChangedWhileNoManagerLed_IsPutBackWithAnEvent(t *testing.T) {
	s := withAlice(t)
	set := envVarSet("base", "alice", value("A", canary), value("B", "2"))
	s.create(set)
	s.becomesReady(set)

	s.stop()
	s.foreign(`DELETE FROM env_vars WHERE name = 'A'`)
	s.startManager()

	if message := s.receivesEvent(set, "DriftCorrected"); !strings.HasSuffix(message, ": A") {
		t.Errorf("the event is %q", message)
	}
	s.eventuallyHas("A", "B")
}

func TestConsent_SecretWithoutLabel_IsRefused(t *testing.T) {
	s := withAlice(t)
	src, set := secret("hf", "token", "1"), envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"))
	s.create(src, set)
	s.becomesReady(set)

	// The manager begins to ask for consent: also what was in sync is compared again.
	s.stop()
	s.ask = true
	s.startManager()
	message := s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonSourceRefused)
	if !strings.Contains(message, "account-operator.io/allow-sync=true") {
		t.Errorf("the label is not shown: %s", message)
	}

	change(s, src, func(o *corev1.Secret) { o.Labels = map[string]string{"account-operator.io/allow-sync": "true"} })
	s.becomesWithin(atOnce, set, metav1.ConditionTrue, v1alpha1.ReasonSynced)
}
