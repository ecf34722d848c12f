package logs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-logr/logr/funcr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/account-operator/account-operator/internal/logs"
)

// What libraries call an error and happens on every good day is no line of that level; what only resembles it is.
func TestErrorLevel_WhatIsExpected_IsNotAmongIt(t *testing.T) {
	terminating := apierrors.NewForbidden(schema.GroupResource{Resource: "events"}, "x", errors.New("being terminated"))
	terminating.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "events"}, "x", errors.New("no right"))
	for name, c := range map[string]struct {
		err   error
		msg   string
		error bool
	}{
		"a leader stops":                     {errors.New("leader election lost"), "error received after stop sequence was engaged", false},
		"an event in a namespace that goes":  {terminating, "Server rejected event (will not retry!)", false},
		"a pass is broken off":               {fmt.Errorf("patch: %w", context.Canceled), "Reconciler error", false},
		"a pass takes too long":              {fmt.Errorf("patch: %w", context.DeadlineExceeded), "Reconciler error", true},
		"a right is missing":                 {forbidden, "Server rejected event (will not retry!)", true},
		"something else fails as it stops":   {errors.New("the store broke"), "error received after stop sequence was engaged", true},
		"a leader loses its Lease":           {errors.New("leader election lost"), "problem running manager", true},
		"what is an error without any cause": {nil, "too many queued events", true},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			sink := funcr.NewJSON(func(line string) { lines = append(lines, line) }, funcr.Options{})
			logs.Bounded(sink).Error(c.err, c.msg)
			if got := strings.Contains(strings.Join(lines, ""), `"error"`); got != c.error {
				t.Errorf("written: %v", lines)
			}
			lines = nil
			logs.Bounded(funcr.NewJSON(func(line string) { lines = append(lines, line) }, funcr.Options{Verbosity: 1})).Error(c.err, c.msg)
			if len(lines) != 1 {
				t.Errorf("with --zap-log-level=debug: %v", lines)
			}
		})
	}
}
