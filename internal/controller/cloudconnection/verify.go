package cloudconnection

import (
	"context"
	"errors"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/events"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
)

// repeatAfter is how far status.lastVerifiedTime may lie behind while the provider goes on to answer the same.
const repeatAfter = time.Hour

// What Verified says as long as there is no answer.
var (
	notVerified = outcome.Verdict{Reason: v1alpha1.ReasonVerificationDisabled, Message: "spec.verification is Disabled; leave it out to have the provider asked"}
	verifying   = outcome.Verdict{Reason: v1alpha1.ReasonVerifying, Message: "the provider is about to be asked"}
)

// verify reports what the provider said to what is stored now, and has it asked where it was not yet, or it is time again. before
// is the status as it was before this reconcile.
func (k *Kind) verify(c *v1alpha1.CloudConnection, before *v1alpha1.CloudConnectionStatus, record string) events.Event {
	if c.Spec.Verification == v1alpha1.VerificationDisabled {
		k.Verifier.forget(c.UID)
		status.ConditionsOf(c).Set(v1alpha1.ConditionVerified, metav1.ConditionUnknown, notVerified)
		return events.Event{}
	}
	a, known := k.recall(c, before, record)
	due := k.Verifier.due(a, c.Spec.Verification)
	switch {
	case !known || object.ReconcileRequested(c) || !due.IsZero() && !due.After(time.Now()):
		k.ask(c, record)
	case !due.IsZero():
		k.Queues.AddAfter(store.KindCloudConnection, client.ObjectKeyFromObject(c), time.Until(due))
	}
	if !known {
		status.ConditionsOf(c).Set(v1alpha1.ConditionVerified, metav1.ConditionUnknown, verifying)
		return events.Event{}
	}
	return a.report(c)
}

// recall is the provider's answer to this record, if there is one. A manager that has just begun takes it from status, which
// decides nothing but whether the provider is asked once more.
func (k *Kind) recall(c *v1alpha1.CloudConnection, before *v1alpha1.CloudConnectionStatus, record string) (answer, bool) {
	if a, known := k.Verifier.last(c.UID); known {
		return a, a.record == record
	}
	condition := meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionVerified)
	if condition == nil || condition.Status == metav1.ConditionUnknown || before.LastVerifiedTime == nil {
		return answer{}, false
	}
	a := answer{verdict: probe.Verdict{Outcome: probe.Outcome(condition.Reason), Advice: condition.Message}, at: before.LastVerifiedTime.Time}
	if condition.ObservedGeneration == c.Generation && slices.Equal(before.Sources, c.Status.Sources) {
		a.record = record
	}
	k.Verifier.learn(c.UID, a)
	return a, a.record == record
}

// report writes an answer into status. It is an event if the one before was another.
func (a answer) report(c *v1alpha1.CloudConnection) events.Event {
	now, before := a.verdict.Outcome, a.before
	if condition := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionVerified); condition != nil && condition.Status != metav1.ConditionUnknown {
		before = probe.Outcome(condition.Reason)
	}
	if last := c.Status.LastVerifiedTime; last == nil || now != before || a.at.Sub(last.Time) >= repeatAfter {
		c.Status.LastVerifiedTime = &metav1.Time{Time: a.at.Truncate(time.Second)}
	}
	status.ConditionsOf(c).Set(v1alpha1.ConditionVerified, status.ConditionStatus(now == probe.Accepted), outcome.Verdict{
		Reason: v1alpha1.Reason(now), Message: a.verdict.Advice,
	})
	switch now {
	case before:
		return events.Event{}
	case probe.Accepted:
		return events.Normal("Verified", a.verdict.Advice)
	default:
		return events.Warning("NotVerified", a.verdict.Advice)
	}
}

func (k *Kind) ask(c *v1alpha1.CloudConnection, record string) {
	uid, key := c.UID, client.ObjectKeyFromObject(c)
	k.Verifier.ask(c, record, func(ctx context.Context) (probe.Verdict, bool) {
		t, err := k.target(ctx, key, uid, record)
		if err != nil {
			return probe.Verdict{}, false
		}
		return k.Verifier.checker.Check(ctx, t), true
	})
}

var errMoved = errors.New("the connection is not what it was when it was asked for")

// target is read when the turn has come: no credentials wait in a queue, and none are sent that are not the newest.
func (k *Kind) target(ctx context.Context, key types.NamespacedName, uid types.UID, record string) (probe.Target, error) {
	ctx, cancel := context.WithTimeout(ctx, k.Verifier.checker.Timeout)
	defer cancel()
	var c v1alpha1.CloudConnection
	if err := k.Reader.Cached.Get(ctx, key, &c); err != nil {
		return probe.Target{}, err
	}
	if c.UID != uid || c.Spec.Suspend || !c.DeletionTimestamp.IsZero() {
		return probe.Target{}, errMoved
	}
	account, err := k.Reader.Account(ctx, &c)
	if err != nil {
		return probe.Target{}, err
	}
	read, err := k.read(ctx, &c, account)
	if err != nil {
		return probe.Target{}, err
	}
	if read.record != record {
		return probe.Target{}, errMoved
	}
	return targetOf(desired(&c, read.credentials)), nil
}

func targetOf(c store.Connection) probe.Target {
	return probe.Target{
		Provider: probe.Provider(c.Type), Bucket: c.Bucket, Region: c.Region, Endpoint: c.Endpoint, Credentials: c.Credentials,
	}
}
