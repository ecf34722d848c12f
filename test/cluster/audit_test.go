package cluster_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/cluster"
)

func requestsSince(t *testing.T, mark cluster.Mark, filters ...cluster.Filter) []cluster.Request {
	t.Helper()
	requests, err := local.Audit.Since(mark, filters...)
	if err != nil {
		t.Fatal(err)
	}
	return requests
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAudit_RequestsOfAClient_AreCounted(t *testing.T) {
	namespace := newNamespace(t, adminClient(t))
	config := local.Config()
	config.UserAgent = "audited/1.0"
	c := newClient(t, config)

	mark := local.Audit.Mark()
	cm := configMap(namespace, "a")
	ok(t, c.Create(t.Context(), cm))
	ok(t, c.Patch(t.Context(), cm, client.RawPatch("application/merge-patch+json", []byte(`{"data":{"k":"v"}}`))))
	ok(t, c.List(t.Context(), &corev1.ConfigMapList{}, client.InNamespace(namespace)))
	ok(t, c.Delete(t.Context(), cm))
	if err := c.Delete(t.Context(), cm); err == nil {
		t.Fatal("deleted twice")
	}

	byAgent := requestsSince(t, mark, cluster.ByUserAgent("audited/"), cluster.ByResource("configmaps"))
	want := map[string]int{"create configmaps": 1, "patch configmaps": 1, "list configmaps": 1, "delete configmaps": 2}
	if diff := cmp.Diff(want, cluster.Count(byAgent)); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	if last := byAgent[len(byAgent)-1]; last.Code != 404 || last.Name != "a" || last.Namespace != namespace || last.User != "admin" {
		t.Errorf("last request = %+v", last)
	}
	if writes := requestsSince(t, mark, cluster.ByUserAgent("audited/"), cluster.Writes); len(writes) != 4 {
		t.Errorf("%d writes, want 4: %+v", len(writes), writes)
	}
	if others := requestsSince(t, mark, cluster.ByUserAgent("somebody-else/")); len(others) != 0 {
		t.Errorf("requests of nobody: %+v", others)
	}
}

// A request is in the log as soon as its answer is here; nothing is waited for.
func TestAudit_Requests_AreThereAtOnce(t *testing.T) {
	c := adminClient(t)
	namespace := newNamespace(t, c)
	for i := range 200 {
		mark := local.Audit.Mark()
		cm := configMap(namespace, fmt.Sprintf("n%d", i))
		// Larger than what a server keeps back until the handler is done.
		cm.Data = map[string]string{"large": string(make([]byte, 64<<10))}
		if err := c.Create(t.Context(), cm); err != nil {
			t.Fatal(err)
		}
		if got := requestsSince(t, mark, cluster.ByUser("admin"), cluster.ByResource("configmaps")); len(got) != 1 {
			t.Fatalf("request %d: %d in the log, want 1", i, len(got))
		}
	}
}

func TestAudit_Watch_CountsWhenItBegins(t *testing.T) {
	config := local.Config()
	config.UserAgent = "watcher/1.0"
	c, err := client.NewWithWatch(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mark := local.Audit.Mark()
	w, err := c.Watch(t.Context(), &corev1.ConfigMapList{})
	if err != nil {
		t.Fatal(err)
	}
	of := cluster.ByUserAgent("watcher/")
	if got := cluster.Count(requestsSince(t, mark, of, cluster.ByResource("configmaps"))); got["watch configmaps"] != 1 {
		t.Errorf("while it runs: %v", got)
	}
	afterwards := local.Audit.Mark()
	w.Stop()
	if got := requestsSince(t, afterwards, of); len(got) != 0 {
		t.Errorf("its end counts, too: %+v", got)
	}
}

// A watch reports a change before the one who asked for it has his answer, and so before that is in the log.
func TestAudit_BeforeAMark_IsLeftOut(t *testing.T) {
	config := local.Config()
	config.UserAgent = "asked-before/1.0"
	c, err := client.NewWithWatch(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	changing := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: "changing-"}}
	if err := c.Create(t.Context(), changing); err != nil {
		t.Fatal(err)
	}
	changes, err := c.Watch(t.Context(), &corev1.ConfigMapList{}, client.InNamespace("default"))
	if err != nil {
		t.Fatal(err)
	}
	defer changes.Stop()

	for round := range 100 {
		// given: a change that a watch has reported
		value, answered := strconv.Itoa(round), make(chan error, 1)
		change := client.RawPatch(types.MergePatchType, []byte(`{"data": {"round": "`+value+`"}}`))
		go func() { answered <- c.Patch(t.Context(), changing.DeepCopy(), change) }()
		for said := range changes.ResultChan() {
			if said.Object.(*corev1.ConfigMap).Data["round"] == value {
				break
			}
		}

		// when
		mark := local.Audit.Mark()

		// then
		if err := await.Value(t, answered); err != nil {
			t.Fatal(err)
		}
		if got := requestsSince(t, mark, cluster.ByUserAgent("asked-before/")); len(got) != 0 {
			t.Fatalf("in round %d was asked before the mark: %+v", round, got)
		}
	}
}
