package cluster

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Given the cluster of a package's tests, when none of them uses it, then nothing is started; when one does, it runs.
func TestMain_ClusterNotUsedYet_StartsWithItsFirstUse(t *testing.T) {
	c, err := prepared(Options{})
	if err != nil {
		t.Fatal(err)
	}
	c.asleep = true
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	if c.etcd != nil || c.apiServer != nil {
		t.Fatal("it starts although nobody uses it")
	}
	admin, err := c.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.Get(t.Context(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}); err != nil {
		t.Error(err)
	}
}

func TestMain_ClusterNeverUsed_StopsAsWell(t *testing.T) {
	c, err := prepared(Options{Audit: true})
	if err != nil {
		t.Fatal(err)
	}
	c.asleep = true
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
}
