package controller

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

var (
	objectsDesc = prometheus.NewDesc("account_operator_objects",
		"Objects by kind, state of Ready and its reason.", []string{"kind", "ready", "reason"}, nil)
	blockedDesc = prometheus.NewDesc("account_operator_deletion_blocked",
		"Deleted Accounts that cannot go yet, by the kind of what is in the way.", []string{"kind"}, nil)
)

// objectsCollector counts the cached objects when it is asked, so that nothing has to be kept up to date in between.
type objectsCollector struct{ cached client.Reader }

func (o *objectsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- objectsDesc
	ch <- blockedDesc
}

func (o *objectsCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c := census{objects: map[[3]string]int{}, blocked: map[string]int{}}
	c.take(ctx, o.cached)
	for l, n := range c.objects {
		ch <- prometheus.MustNewConstMetric(objectsDesc, prometheus.GaugeValue, float64(n), l[0], l[1], l[2])
	}
	for kind, n := range c.blocked {
		ch <- prometheus.MustNewConstMetric(blockedDesc, prometheus.GaugeValue, float64(n), kind)
	}
}

// census is what is counted of the objects.
type census struct {
	objects map[[3]string]int // by kind, state of Ready, reason
	blocked map[string]int    // deleted Accounts by the kind of what is in their way
}

// take leaves out kinds that the cache cannot list.
func (c *census) take(ctx context.Context, cached client.Reader) {
	var accounts v1alpha1.AccountList
	if cached.List(ctx, &accounts, client.UnsafeDisableDeepCopy) == nil {
		for i := range accounts.Items {
			a := &accounts.Items[i]
			c.note(store.KindAccount, a.Status.Conditions)
			for _, b := range a.Status.DeletionBlockers {
				c.blocked[b.Kind]++
			}
		}
	}
	var sets v1alpha1.EnvVarSetList
	if cached.List(ctx, &sets, client.UnsafeDisableDeepCopy) == nil {
		for i := range sets.Items {
			c.note(store.KindEnvVarSet, sets.Items[i].Status.Conditions)
		}
	}
	var connections v1alpha1.CloudConnectionList
	if cached.List(ctx, &connections, client.UnsafeDisableDeepCopy) == nil {
		for i := range connections.Items {
			c.note(store.KindCloudConnection, connections.Items[i].Status.Conditions)
		}
	}
	var actions v1alpha1.AccountActionList
	if cached.List(ctx, &actions, client.UnsafeDisableDeepCopy) == nil {
		for i := range actions.Items {
			c.note(store.KindAccountAction, actions.Items[i].Status.Conditions)
		}
	}
}

func (c *census) note(k store.Kind, conditions []metav1.Condition) {
	for _, ready := range conditions {
		if ready.Type == v1alpha1.ConditionReady {
			c.objects[[3]string{string(k), string(ready.Status), ready.Reason}]++
			return
		}
	}
	c.objects[[3]string{string(k), "Unknown", "Pending"}]++
}
