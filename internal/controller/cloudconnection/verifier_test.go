package cloudconnection

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/probe"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestVerification_EachAnswer_IsRepeatedWhenDue(t *testing.T) {
	const never = 0
	hourly := NewVerifier(nil, 0, &enqueue.Queues{}, nil)
	hasty := NewVerifier(nil, time.Second, &enqueue.Queues{}, nil)
	for name, c := range map[string]struct {
		v        *Verifier
		policy   v1alpha1.VerificationPolicy
		outcome  probe.Outcome
		from, to time.Duration
	}{
		"accepted, and to be verified when it changes":     {hourly, "", probe.Accepted, never, never},
		"rejected, and to be verified when it changes":     {hourly, v1alpha1.VerificationOnChange, probe.CredentialsRejected, never, never},
		"not reached, and to be verified when it changes":  {hourly, "", probe.Unreachable, 10 * time.Minute, 750 * time.Second},
		"leading nowhere, and verified when it changes":    {hourly, "", probe.EndpointNotAllowed, 10 * time.Minute, 750 * time.Second},
		"accepted, and to be verified periodically":        {hourly, v1alpha1.VerificationPeriodic, probe.Accepted, time.Hour, 75 * time.Minute},
		"not reached, and to be verified periodically":     {hourly, v1alpha1.VerificationPeriodic, probe.Unreachable, 10 * time.Minute, 750 * time.Second},
		"accepted, and to be verified faster than we ever": {hasty, v1alpha1.VerificationPeriodic, probe.Accepted, 10 * time.Minute, 750 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			for _, spread := range []float64{0, 0.25} {
				due := c.v.due(answer{verdict: probe.Verdict{Outcome: c.outcome}, at: noon, spread: spread}, c.policy)
				if c.from == never {
					if !due.IsZero() {
						t.Errorf("due at %s", due)
					}
					continue
				}
				if after := due.Sub(noon); after < c.from || after > c.to {
					t.Errorf("due after %s", after)
				}
			}
		})
	}
}

// reporting is a connection whose status says this since noon.
func reporting(reason v1alpha1.Reason, is metav1.ConditionStatus) *v1alpha1.CloudConnection {
	c := &v1alpha1.CloudConnection{}
	c.Status.LastVerifiedTime = &metav1.Time{Time: noon}
	status.ConditionsOf(c).Set(v1alpha1.ConditionVerified, is, outcome.Verdict{Reason: reason, Message: "x"})
	return c
}

func TestVerification_EachAnswer_ChangesStatusAndEvents(t *testing.T) {
	rejected := reporting(v1alpha1.ReasonCredentialsRejected, metav1.ConditionFalse)
	verifying := reporting(v1alpha1.ReasonVerifying, metav1.ConditionUnknown)
	for name, c := range map[string]struct {
		before *v1alpha1.CloudConnection
		answer answer
		event  string
		time   time.Time
	}{
		"the first answer": {&v1alpha1.CloudConnection{}, answer{at: noon.Add(time.Minute)}, "Verified", noon.Add(time.Minute)},
		"another answer":   {rejected, answer{at: noon.Add(time.Minute)}, "Verified", noon.Add(time.Minute)},
		"the same again":   {reporting(v1alpha1.ReasonAccepted, metav1.ConditionTrue), answer{at: noon.Add(59 * time.Minute)}, "", noon},
		"the same after an hour": {
			reporting(v1alpha1.ReasonAccepted, metav1.ConditionTrue), answer{at: noon.Add(time.Hour)}, "", noon.Add(time.Hour),
		},
		"the same to rotated credentials":  {verifying, answer{at: noon.Add(time.Hour), before: probe.Accepted}, "", noon.Add(time.Hour)},
		"another to rotated credentials":   {verifying, answer{at: noon.Add(time.Minute), before: probe.AccessDenied}, "Verified", noon.Add(time.Minute)},
		"verification was off in between":  {reporting(v1alpha1.ReasonVerificationDisabled, metav1.ConditionUnknown), answer{at: noon.Add(time.Minute)}, "Verified", noon.Add(time.Minute)},
		"the same while status is the old": {reporting(v1alpha1.ReasonAccepted, metav1.ConditionTrue), answer{at: noon.Add(time.Minute), before: probe.AccessDenied}, "", noon},
	} {
		t.Run(name, func(t *testing.T) {
			obj := c.before.DeepCopy()
			c.answer.verdict = probe.Verdict{Outcome: probe.Accepted, Advice: "y"}

			event := c.answer.report(obj)

			if event.Reason != c.event {
				t.Errorf("event %q, want %q", event.Reason, c.event)
			}
			if diff := cmp.Diff(c.time, obj.Status.LastVerifiedTime.Time); diff != "" {
				t.Errorf("lastVerifiedTime (-want +got):\n%s", diff)
			}
			if reasonOf(obj) != v1alpha1.ReasonAccepted {
				t.Errorf("status says %s", reasonOf(obj))
			}
		})
	}
}

func reasonOf(c *v1alpha1.CloudConnection) v1alpha1.Reason {
	return v1alpha1.Reason(meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionVerified).Reason)
}
