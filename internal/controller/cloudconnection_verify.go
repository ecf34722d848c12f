package controller

import (
	"context"
	"errors"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
)

// repeatAfter is how far status.lastVerifiedTime may lie behind while the provider goes on to answer the same.
const repeatAfter = time.Hour

// What Verified says as long as there is no answer.
var (
	notVerified = verdict{reason: v1alpha1.ReasonVerificationDisabled, message: "spec.verification is Disabled; leave it out to have the provider asked"}
	verifying   = verdict{reason: v1alpha1.ReasonVerifying, message: "the provider is about to be asked"}
)

// verify tells what the provider said to what is stored now, and has it asked where nobody has, or it is time again. before
// is the status as it was before this pass.
func (k *cloudConnections) verify(c *v1alpha1.CloudConnection, before *v1alpha1.CloudConnectionStatus, record string) news {
	if c.Spec.Verification == v1alpha1.VerificationDisabled {
		k.verifier.forget(c.UID)
		conditionsOf(c).set(v1alpha1.ConditionVerified, metav1.ConditionUnknown, notVerified)
		return news{}
	}
	a, known := k.recall(c, before, record)
	due := k.verifier.due(a, c.Spec.Verification)
	switch {
	case !known || asked(c) || !due.IsZero() && !due.After(time.Now()):
		k.ask(c, record)
	case !due.IsZero():
		k.leading.queues.addAfter(store.KindCloudConnection, client.ObjectKeyFromObject(c), time.Until(due))
	}
	if !known {
		conditionsOf(c).set(v1alpha1.ConditionVerified, metav1.ConditionUnknown, verifying)
		return news{}
	}
	return a.tell(c)
}

// recall is the provider's answer to this record, if there is one. A manager that has just begun takes it from status, which
// decides nothing but whether the provider is asked once more.
func (k *cloudConnections) recall(c *v1alpha1.CloudConnection, before *v1alpha1.CloudConnectionStatus, record string) (answer, bool) {
	if a, known := k.verifier.last(c.UID); known {
		return a, a.record == record
	}
	told := meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionVerified)
	if told == nil || told.Status == metav1.ConditionUnknown || before.LastVerifiedTime == nil {
		return answer{}, false
	}
	a := answer{verdict: probe.Verdict{Outcome: probe.Outcome(told.Reason), Advice: told.Message}, at: before.LastVerifiedTime.Time}
	if told.ObservedGeneration == c.Generation && slices.Equal(before.Sources, c.Status.Sources) {
		a.record = record
	}
	k.verifier.learn(c.UID, a)
	return a, a.record == record
}

// tell writes an answer into status. It is news if the one before was another.
func (a answer) tell(c *v1alpha1.CloudConnection) news {
	outcome, before := a.verdict.Outcome, a.before
	if told := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionVerified); told != nil && told.Status != metav1.ConditionUnknown {
		before = probe.Outcome(told.Reason)
	}
	if last := c.Status.LastVerifiedTime; last == nil || outcome != before || a.at.Sub(last.Time) >= repeatAfter {
		c.Status.LastVerifiedTime = &metav1.Time{Time: a.at.Truncate(time.Second)}
	}
	conditionsOf(c).set(v1alpha1.ConditionVerified, boolStatus(outcome == probe.Accepted), verdict{
		reason: v1alpha1.Reason(outcome), message: a.verdict.Advice,
	})
	switch outcome {
	case before:
		return news{}
	case probe.Accepted:
		return news{corev1.EventTypeNormal, "Verified", a.verdict.Advice}
	default:
		return news{corev1.EventTypeWarning, "NotVerified", a.verdict.Advice}
	}
}

func (k *cloudConnections) ask(c *v1alpha1.CloudConnection, record string) {
	uid, key := c.UID, client.ObjectKeyFromObject(c)
	k.verifier.ask(c, record, func(ctx context.Context) (probe.Verdict, bool) {
		t, err := k.target(ctx, key, uid, record)
		if err != nil {
			return probe.Verdict{}, false
		}
		return k.verifier.checker.Check(ctx, t), true
	})
}

var errMoved = errors.New("the connection is not what it was when it was asked for")

// target is read when the turn has come: no credentials wait in a queue, and none are sent that are not the newest.
func (k *cloudConnections) target(ctx context.Context, key types.NamespacedName, uid types.UID, record string) (probe.Target, error) {
	ctx, cancel := context.WithTimeout(ctx, k.verifier.checker.Timeout)
	defer cancel()
	var c v1alpha1.CloudConnection
	if err := k.world.cached.Get(ctx, key, &c); err != nil {
		return probe.Target{}, err
	}
	if c.UID != uid || c.Spec.Suspend || !c.DeletionTimestamp.IsZero() {
		return probe.Target{}, errMoved
	}
	account, err := k.world.account(ctx, &c)
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
	return targetOf(wantConnection(&c, read.credentials)), nil
}

func targetOf(c store.Connection) probe.Target {
	return probe.Target{
		Provider: probe.Provider(c.Type), Bucket: c.Bucket, Region: c.Region, Endpoint: c.Endpoint, Credentials: c.Credentials,
	}
}
