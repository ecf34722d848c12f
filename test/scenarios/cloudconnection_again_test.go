package scenarios

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/s3"
)

func TestVerification_AfterARestart_AsksNoProviderAgain(t *testing.T) {
	s, _ := withProviders(t)
	endpoint, asked := counted(t)
	key := s3.Key{ID: "ID", Secret: canary}
	c := connectionAt("data", endpoint)
	s.create(keySecret("data", key), c)
	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
	s.watch()

	s.view = newView()
	s.restartManager()
	s.eventually(soon, func() string {
		if s.view.readsOf(c) > 0 {
			return ""
		}
		return "void: the connection was not looked at"
	})
	// What is made now is asked for after all that was there before.
	last := connectionAt("last", endpoint)
	s.create(keySecret("last", key), last)
	s.verifies(last, metav1.ConditionTrue, v1alpha1.ReasonAccepted)

	if n := asked.Load(); n != 2 {
		t.Errorf("the provider was asked %d times for two connections", n)
	}
	s.costs("create the last connection, and for the restart nothing", map[string]int{
		"patch cloudconnections": 1, "update cloudconnections/status": 2,
	})
}

func TestVerification_IntervalIsOver_IsRepeated(t *testing.T) {
	s, _ := withProviders(t)
	endpoint, asked := counted(t)
	periodic, onChange := connectionAt("periodic", endpoint), connectionAt("on-change", endpoint)
	periodic.Spec.Verification = v1alpha1.VerificationPeriodic
	key := s3.Key{ID: "ID", Secret: canary}
	s.create(keySecret("periodic", key), keySecret("on-change", key), periodic, onChange)
	long := metav1.NewTime(time.Now().Add(-2 * time.Hour).Truncate(time.Second))
	for _, c := range []*v1alpha1.CloudConnection{periodic, onChange} {
		s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
		s.receivesEvent(c, "Verified") // which follows the status
	}
	s.stop()
	for _, c := range []*v1alpha1.CloudConnection{periodic, onChange} {
		before := c.DeepCopy()
		c.Status.LastVerifiedTime = &long
		s.signs(c) // or it would count for nothing
		s.must(s.api.Status().Patch(context.Background(), c, client.MergeFrom(before)))
	}

	s.startManager()

	s.eventually(soon, func() string {
		s.verifies(periodic, metav1.ConditionTrue, v1alpha1.ReasonAccepted)
		if periodic.Status.LastVerifiedTime.Equal(&long) {
			return "the connection was not verified again"
		}
		return ""
	})
	if n := asked.Load(); n != 3 {
		t.Errorf("the provider was asked %d times, want twice for the one and once for the other", n)
	}
	if diff := cmp.Diff(map[string]int{"Synced": 1, "Verified": 1}, s.eventsOf(periodic)); diff != "" {
		t.Errorf("the same answer is reported again (-want +got):\n%s", diff)
	}
}

func TestVerification_Requested_IsRepeated(t *testing.T) {
	s, _ := withProviders(t)
	endpoint, provided := counted(t)
	c := connectionAt("data", endpoint)
	s.create(keySecret("data", s3.Key{ID: "ID", Secret: canary}), c)
	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)

	change(s, c, func(c *v1alpha1.CloudConnection) {
		c.Annotations = map[string]string{v1alpha1.RequestedAtAnnotation: "now"}
	})

	s.eventually(soon, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(c), c))
		if c.Status.LastHandledRequest == "now" && provided.Load() == 2 {
			return ""
		}
		return fmt.Sprintf("the provider was asked %d times, the request handled is %q", provided.Load(), c.Status.LastHandledRequest)
	})
}

func TestVerification_SecretChangedWhileNoManagerRan_IsRepeated(t *testing.T) {
	s, p := withProviders(t)
	c, src := p.bucket("data", p.Owner)
	s.create(src, c)
	s.verifies(c, metav1.ConditionTrue, v1alpha1.ReasonAccepted)

	s.stop()
	change(s, src, func(o *corev1.Secret) { o.Data["secret-access-key"] = []byte(canary + "revoked") })
	s.startManager()

	s.verifies(c, metav1.ConditionFalse, v1alpha1.ReasonCredentialsRejected)
}
