package controller

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
		"somebody must act":               {stalledBy(v1alpha1.ReasonEmailInUse, "x"), v1alpha1.ReasonEmailInUse, true, false, 0},
		"something is on its way":         {waitingFor(v1alpha1.ReasonAccountNotFound, "x"), v1alpha1.ReasonAccountNotFound, false, false, 0},
		"a source is missing":             {&source.Problem{Reason: v1alpha1.ReasonSourceMissing}, v1alpha1.ReasonSourceMissing, false, false, 0},
		"a source is wrong":               {&source.Problem{Reason: v1alpha1.ReasonSourceInvalid}, v1alpha1.ReasonSourceInvalid, true, false, 0},
		"a source read live":              {fromAPI(fmt.Errorf("x: %w", &source.Problem{Reason: v1alpha1.ReasonSourceRefused})), v1alpha1.ReasonSourceRefused, true, false, 0},
		"the store refuses a field":       {&store.InvalidError{Field: "email", Reason: "x"}, v1alpha1.ReasonInvalid, true, false, 0},
		"the store cannot hold it":        {&store.UnsupportedError{Feature: "themes"}, v1alpha1.ReasonUnsupported, true, false, 0},
		"the store asks to wait":          {&store.RateLimitedError{RetryAfter: time.Minute}, v1alpha1.ReasonRateLimited, false, false, time.Minute},
		"the API server refuses a read":   {fromAPI(apierrors.NewForbidden(secrets, "hf", nil)), v1alpha1.ReasonAPIError, false, true, 0},
		"the API server does not answer":  {fromAPI(errors.New("connection refused")), v1alpha1.ReasonAPIError, false, true, 0},
		"the store does not answer":       {errors.New("connection refused"), v1alpha1.ReasonStoreUnavailable, false, true, 0},
		"the store was too slow":          {fmt.Errorf("x: %w", context.DeadlineExceeded), v1alpha1.ReasonStoreUnavailable, false, true, 0},
		"an error wrapped on its way out": {fmt.Errorf("y: %w", stalledBy(v1alpha1.ReasonNameConflict, "x")), v1alpha1.ReasonNameConflict, true, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := judge(c.outcome)
			if v.reason != c.reason || v.stalled != c.stalled || (v.retry != nil) != c.retried || v.after != c.after {
				t.Errorf("judged %+v", v)
			}
			if v.ready != (c.outcome == nil) {
				t.Errorf("ready is %v", v.ready)
			}
		})
	}
}

func TestNoForeignTextReachesAMessage(t *testing.T) {
	for _, outcome := range []error{
		errors.New("password=hunter2"),
		fromAPI(errors.New("password=hunter2")),
		fromAPI(apierrors.NewInternalError(errors.New("hunter2 at 12:01:33, request 81"))),
	} {
		if v := judge(outcome); strings.Contains(v.message, "hunter2") {
			t.Errorf("the message is %q", v.message)
		}
	}
}

func TestWhatIsNews(t *testing.T) {
	missing := judge(waitingFor(v1alpha1.ReasonAccountNotFound, "x"))
	for name, c := range map[string]struct {
		before string
		now    verdict
		event  string
	}{
		"an object becomes ready":        {"", judge(nil), "Synced"},
		"it stays ready":                 {string(v1alpha1.ReasonSynced), judge(nil), ""},
		"something gets in its way":      {string(v1alpha1.ReasonSynced), missing, "Blocked"},
		"the same is still in its way":   {string(v1alpha1.ReasonAccountNotFound), missing, ""},
		"a deletion is blocked":          {"Synced", judge(stalledBy(v1alpha1.ReasonDeletionBlocked, "x")), "DeletionBlocked"},
		"the operator tries again":       {string(v1alpha1.ReasonSynced), judge(errors.New("x")), ""},
		"the store asks to come later":   {string(v1alpha1.ReasonSynced), judge(&store.RateLimitedError{RetryAfter: 1}), ""},
		"what was in its way is over":    {string(v1alpha1.ReasonAccountNotFound), judge(nil), "Synced"},
		"a retry after a failure worked": {string(v1alpha1.ReasonStoreUnavailable), judge(nil), "Synced"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := transition(c.before, c.now).reason; got != c.event {
				t.Errorf("event %q, want %q", got, c.event)
			}
		})
	}
}

func TestAMessageIsCutBetweenCharacters(t *testing.T) {
	for n := range 8 {
		got := bounded(strings.Repeat("x", n) + strings.Repeat("ü", 1<<19))
		if len(got) > maxMessage || !strings.HasSuffix(got, "ü...") {
			t.Errorf("cut to %d bytes: ...%q", len(got), got[len(got)-8:])
		}
	}
}
