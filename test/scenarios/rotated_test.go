package scenarios

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Given objects in sync, when the Secrets that they take from are rotated, then an event of each says which Secret that was and what was
// written, without a value; where nothing of theirs changed there is none.
func TestRotation_OfASecret_LeavesAnEvent(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	hf, s3 := secret("hf", "token", "1"), secret("s3", "access-key-id", "1", "secret-access-key", "2")
	set := envVarSet("base", "alice", fromSecret("HF_TOKEN", "hf", "token"), value("A", "1"))
	data := s3Connection("data", "alice", "s3")
	s.create(hf, s3, set, data)
	s.becomesReady(set, data)

	change(s, hf, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "2") })
	change(s, s3, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "3") })

	s.says(set, "Rotated", "Secret/hf changed; written: HF_TOKEN")
	s.says(data, "Rotated", "Secret/s3 changed; written: the credentials")

	// when only what the Secret is labelled with changes, or the spec, then that is no rotation
	change(s, hf, func(o *corev1.Secret) { o.Labels = map[string]string{"a": "b"} })
	change(s, set, func(e *v1alpha1.EnvVarSet) { e.Spec.Env[1] = value("A", "2") })
	s.becomesReady(set)
	change(s, hf, func(o *corev1.Secret) { o.Data["token"] = []byte(canary + "4") })
	s.eventually(soon, func() string { return cmp.Diff(map[string]int{"Synced": 1, "Rotated": 2}, s.eventsOf(set)) })
}

// says waits for an event of the object with this message.
func (s *scenario) says(obj client.Object, reason, message string) {
	s.Helper()
	s.eventually(soon, func() string {
		var events eventsv1.EventList
		s.must(s.api.List(context.Background(), &events, client.InNamespace(s.ns)))
		var notes []string
		for _, e := range events.Items {
			if e.Regarding.UID == obj.GetUID() && e.Reason == reason {
				notes = append(notes, e.Note)
			}
		}
		if got := strings.Join(notes, "; "); got != message {
			return fmt.Sprintf("%s of %s say %q", reason, obj.GetName(), got)
		}
		return ""
	})
}
