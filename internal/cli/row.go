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

func newRow(obj client.Object, now time.Time) row {
	class, conditions, observed := seen(obj)
	r := row{
		name:  nameOf(obj),
		age:   duration.HumanDuration(now.Sub(obj.GetCreationTimestamp().Time)),
		about: about(obj, now),
		class: cmp.Or(class, "-"),
		seen:  fmt.Sprintf("%d/%d", max(0, observed), obj.GetGeneration()),
		notes: obstacles(obj, conditions, observed),
	}
	r.ready, r.reason = readyAndWhy(conditions)
	return r
}

func readyAndWhy(conditions []metav1.Condition) (status, reason string) {
	if ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady); ready != nil {
		return string(ready.Status), ready.Reason
	}
	return "Unknown", "-"
}

// nameOf is how commands name an object.
func nameOf(obj client.Object) string { return strings.ToLower(kindOf(obj)) + "/" + obj.GetName() }

// seen is what the manager says of an object.
func seen(obj client.Object) (class string, conditions []metav1.Condition, observed int64) {
	switch o := obj.(type) {
	case object:
		s := o.CommonStatus()
		return o.Common().ClassName, s.Conditions, s.ObservedGeneration
	case *v1alpha1.AccountAction:
		return "", o.Status.Conditions, o.Status.ObservedGeneration
	}
	return "", nil, 0
}

// about is what an object is, in a few words.
func about(obj client.Object, now time.Time) string {
	switch o := obj.(type) {
	case *v1alpha1.Account:
		return aboutAccount(o)
	case *v1alpha1.EnvVarSet:
		return aboutSet(o, now)
	case *v1alpha1.CloudConnection:
		return aboutConnection(o)
	case *v1alpha1.SSHKey:
		return cmp.Or(o.Status.Fingerprint, "-")
	case *v1alpha1.AccountAction:
		return string(o.Spec.Type)
	}
	return "-"
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
	if progress := e.Status.Accounts.Progress; progress != "" {
		about += " in " + progress + " accounts"
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

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
