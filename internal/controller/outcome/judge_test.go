package outcome

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

func TestJudge(t *testing.T) {
	secrets := corev1.Resource("secrets")
	for name, c := range map[string]struct {
		outcome error
		reason  v1alpha1.Reason
		stalled bool
		retried bool
		after   time.Duration
	}{
		"in sync":                         {nil, v1alpha1.ReasonSynced, false, false, 0},
		"a user must act":                 {StalledBy(v1alpha1.ReasonEmailInUse, "x"), v1alpha1.ReasonEmailInUse, true, false, 0},
		"something is on its way":         {WaitingFor(v1alpha1.ReasonAccountNotFound, "x"), v1alpha1.ReasonAccountNotFound, false, false, 0},
		"a source is missing":             {&source.Problem{Reason: v1alpha1.ReasonSourceMissing}, v1alpha1.ReasonSourceMissing, false, false, 0},
		"a source is wrong":               {&source.Problem{Reason: v1alpha1.ReasonSourceInvalid}, v1alpha1.ReasonSourceInvalid, true, false, 0},
		"a source read live":              {FromAPI(fmt.Errorf("x: %w", &source.Problem{Reason: v1alpha1.ReasonSourceRefused})), v1alpha1.ReasonSourceRefused, true, false, 0},
		"the store refuses a field":       {&store.InvalidError{Field: "email", Reason: "x"}, v1alpha1.ReasonInvalid, true, false, 0},
		"the store cannot hold it":        {&store.UnsupportedError{Feature: "themes"}, v1alpha1.ReasonUnsupported, true, false, 0},
		"the store asks to wait":          {&store.RateLimitedError{RetryAfter: time.Minute}, v1alpha1.ReasonRateLimited, false, false, time.Minute},
		"the API server refuses a read":   {FromAPI(apierrors.NewForbidden(secrets, "hf", nil)), v1alpha1.ReasonAPIError, false, true, 0},
		"the API server does not answer":  {FromAPI(errors.New("connection refused")), v1alpha1.ReasonAPIError, false, true, 0},
		"the store does not answer":       {errors.New("connection refused"), v1alpha1.ReasonStoreUnavailable, false, true, 0},
		"the store was too slow":          {fmt.Errorf("x: %w", context.DeadlineExceeded), v1alpha1.ReasonStoreUnavailable, false, true, 0},
		"an error wrapped on its way out": {fmt.Errorf("y: %w", StalledBy(v1alpha1.ReasonNameConflict, "x")), v1alpha1.ReasonNameConflict, true, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := Judge(c.outcome)
			if v.Reason != c.reason || v.Stalled != c.stalled || (v.Retry != nil) != c.retried || v.After != c.after {
				t.Errorf("judged %+v", v)
			}
			if v.Ready != (c.outcome == nil) {
				t.Errorf("ready is %v", v.Ready)
			}
		})
	}
}

func TestOutcome_ForeignText_ReachesNoMessage(t *testing.T) {
	for _, outcome := range []error{
		errors.New("password=hunter2"),
		FromAPI(errors.New("password=hunter2")),
		FromAPI(apierrors.NewInternalError(errors.New("hunter2 at 12:01:33, request 81"))),
	} {
		if v := Judge(outcome); strings.Contains(v.Message, "hunter2") {
			t.Errorf("the message is %q", v.Message)
		}
	}
}
