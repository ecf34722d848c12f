package outcome_test

import (
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/causes"
)

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	forbidden := apierrors.NewForbidden(corev1.Resource("secrets"), "hf", errors.New("no role"))
	causes.Check(t, []causes.Cause{
		causes.Of("the store has all of it", outcome.Judge(nil), v1alpha1.ReasonSynced, `the store holds what the spec says`),
		causes.Of("the store refuses a field", outcome.Judge(&store.InvalidError{Field: "email", Reason: "has no domain"}), v1alpha1.ReasonInvalid, `the store refuses email: has no domain`),
		causes.Of("the store cannot hold it", outcome.Judge(&store.UnsupportedError{Feature: "themes"}), v1alpha1.ReasonUnsupported, `this store cannot hold themes; leave it out`),
		causes.Of("the store asks to wait", outcome.Judge(&store.RateLimitedError{RetryAfter: time.Minute}), v1alpha1.ReasonRateLimited, `the store asked to wait; the operator goes on by itself`),
		causes.Of("the store does not answer", outcome.Judge(errors.New("connection refused")), v1alpha1.ReasonStoreUnavailable, `the store did not do what was asked; the operator tries again, its log has the error`),
		causes.Of("the API server refuses a read", outcome.Judge(outcome.FromAPI(forbidden)), v1alpha1.ReasonAPIError, `the API server refused a read that the operator needs; check the rights of its ServiceAccount in this namespace`),
		causes.Of("the API server fails", outcome.Judge(outcome.FromAPI(apierrors.NewInternalError(errors.New("x")))), v1alpha1.ReasonAPIError, `the API server answered InternalError; the operator tries again`),
		causes.Of("the API server does not answer", outcome.Judge(outcome.FromAPI(errors.New("connection refused"))), v1alpha1.ReasonAPIError, `the API server did not answer; the operator tries again`),
		causes.Of("an account that is observed", outcome.Judge(outcome.ErrObserved), v1alpha1.ReasonObserved, `status shows the account as the store has it; it is not written`),
	}, v1alpha1.ReasonDeletionBlocked, v1alpha1.ReasonTransferTargetNotReady, v1alpha1.ReasonSourceMissing)
}
