package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// row is one object of the tree.
type row struct {
	name          string
	ready, reason string
	age           string
	about         string
	class, seen   string // of -o wide
	notes         []string
}

func newRow(obj client.Object, class string, conditions []metav1.Condition, observed int64, now time.Time) row {
	r := row{
		name:  strings.ToLower(kindOf(obj)) + "/" + obj.GetName(),
		ready: "Unknown", reason: "-",
		age:   duration.HumanDuration(now.Sub(obj.GetCreationTimestamp().Time)),
		class: cmp.Or(class, "-"),
		seen:  fmt.Sprintf("%d/%d", max(0, observed), obj.GetGeneration()),
		notes: obstacles(obj, conditions, observed),
	}
	if ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady); ready != nil {
		r.ready, r.reason = string(ready.Status), ready.Reason
	}
	return r
}

func objectRow(obj object, about string, now time.Time) row {
	s := obj.CommonStatus()
	r := newRow(obj, obj.Common().ClassName, s.Conditions, s.ObservedGeneration, now)
	r.about = about
	return r
}

func aboutAccount(a *v1alpha1.Account) string {
	parts := []string{cmp.Or(a.Status.Email, a.Spec.Email)}
	if a.Status.AccountID != "" {
		parts = append(parts, "id "+a.Status.AccountID)
	}
	if a.Observes() {
		parts = append(parts, "observed")
	}
	return strings.Join(parts, ", ")
}

func aboutSet(e *v1alpha1.EnvVarSet, now time.Time) string {
	about := "-"
	if n := e.Status.VarCount; n != nil {
		about = counted(int(*n), "variable")
	}
	if at := e.Status.LastSyncTime; at != nil {
		about += ", written " + duration.HumanDuration(now.Sub(at.Time)) + " ago"
	}
	return about
}

func aboutConnection(c *v1alpha1.CloudConnection) string {
	about := string(c.Spec.Type)
	if verified := meta.FindStatusCondition(c.Status.Conditions, v1alpha1.ConditionVerified); verified != nil {
		about += ", " + verified.Reason
	}
	return about
}

func actionRow(x *v1alpha1.AccountAction, now time.Time) row {
	r := newRow(x, "", x.Status.Conditions, x.Status.ObservedGeneration, now)
	r.about = string(x.Spec.Type)
	return r
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
