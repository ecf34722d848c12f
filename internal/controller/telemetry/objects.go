package telemetry

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

var (
	objectsDesc = prometheus.NewDesc("account_operator_objects",
		"Objects by kind, state of Ready and its reason.", []string{"kind", "ready", "reason"}, nil)
	blockedDesc = prometheus.NewDesc("account_operator_deletion_blocked",
		"What keeps deleted Accounts from going, by its kind.", []string{"kind"}, nil)
	requestedDesc = prometheus.NewDesc("account_operator_deletions_requested",
		"Accounts whose holders ask for their deletion.", nil, nil)
	sourcesDesc = prometheus.NewDesc("account_operator_secret_index_size",
		"Secrets and ConfigMaps that objects take values from by name, so that a change of one wakes them.", nil, nil)
)

// objectsCollector counts the cached objects when it is asked, so that nothing has to be kept up to date in between.
type objectsCollector struct{ cached client.Reader }

func (o *objectsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- objectsDesc
	ch <- blockedDesc
	ch <- requestedDesc
	ch <- sourcesDesc
}

func (o *objectsCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c := census{objects: map[[3]string]int{}, blocked: map[string]int{}, sources: map[string]struct{}{}}
	c.take(ctx, o.cached)
	for l, n := range c.objects {
		ch <- prometheus.MustNewConstMetric(objectsDesc, prometheus.GaugeValue, float64(n), l[0], l[1], l[2])
	}
	for kind, n := range c.blocked {
		ch <- prometheus.MustNewConstMetric(blockedDesc, prometheus.GaugeValue, float64(n), kind)
	}
	ch <- prometheus.MustNewConstMetric(requestedDesc, prometheus.GaugeValue, float64(c.requested))
	ch <- prometheus.MustNewConstMetric(sourcesDesc, prometheus.GaugeValue, float64(len(c.sources)))
}

// census is what is counted of the objects.
type census struct {
	objects map[[3]string]int // by kind, state of Ready, reason
	blocked map[string]int    // what is in the way of deleted Accounts, by its kind
	sources map[string]struct{}

	requested int // Accounts whose holders ask for their deletion
}

// take leaves out kinds that the cache cannot list.
func (c *census) take(ctx context.Context, cached client.Reader) {
	for _, kind := range kinds.All {
		list := kind.NewList()
		if cached.List(ctx, list, client.UnsafeDisableDeepCopy) != nil {
			continue
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			obj := item.(client.Object)
			_, conditions := status.Own(obj)
			c.note(kind.Name, conditions)
			c.index(obj.GetNamespace(), clusterview.Indexers[kind.Name](obj))
			if a, is := obj.(*v1alpha1.Account); is {
				for _, b := range a.Status.DeletionBlockers {
					c.blocked[b.Kind]++
				}
				if meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionDeletionRequested) {
					c.requested++
				}
			}
			return nil
		})
	}
}

// index takes the sources of what the field index says that an object refers to.
func (c *census) index(namespace string, refers []string) {
	for _, key := range refers {
		if key != clusterview.SelectorKey && !strings.HasPrefix(key, clusterview.AccountKey("")) {
			c.sources[namespace+"/"+key] = struct{}{}
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
	c.objects[[3]string{string(k), "Unknown", notSeenYet}]++
}

// notSeenYet is the reason by which an object is counted that has no Ready yet. No object has it in its status.
const notSeenYet = "Pending"
