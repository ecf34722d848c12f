package cluster_test

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/cluster"
)

// own starts a cluster that a test may harm.
func own(t *testing.T, o cluster.Options) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func exists(t *testing.T, c client.Client, name string) bool {
	t.Helper()
	err := c.Get(t.Context(), client.ObjectKey{Namespace: "default", Name: name}, &corev1.ConfigMap{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	return err == nil
}

func TestOutagesOfTheAPIServer(t *testing.T) {
	cl := own(t, cluster.Options{})
	c := newClient(t, cl.Config())
	if err := c.Create(t.Context(), configMap("default", "before")); err != nil {
		t.Fatal(err)
	}

	cl.KillAPIServer()
	address, err := url.Parse(cl.Config().Host)
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host); err == nil {
		_ = conn.Close()
		t.Error("the port of a killed API server accepts connections")
	}
	if err := cl.StartAPIServer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !exists(t, c, "before") {
		t.Error("a restart lost an object")
	}

	if err := cl.FreezeAPIServer(); err != nil {
		t.Fatal(err)
	}
	brief, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := c.List(brief, &corev1.ConfigMapList{}); err == nil {
		t.Error("a frozen API server answers")
	}
	if err := cl.ThawAPIServer(); err != nil {
		t.Fatal(err)
	}
	if !exists(t, c, "before") {
		t.Error("freezing lost an object")
	}
}

func TestState_Copied_CanBePutBack(t *testing.T) {
	cl := own(t, cluster.Options{})
	c := newClient(t, cl.Config())
	if err := c.Create(t.Context(), configMap("default", "old")); err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(t.TempDir(), "saved")
	if err := cl.SaveState(t.Context(), saved); err != nil {
		t.Fatal(err)
	}
	if err := c.Create(t.Context(), configMap("default", "new")); err != nil {
		t.Fatal(err)
	}
	if err := cl.RestoreState(t.Context(), saved); err != nil {
		t.Fatal(err)
	}
	if !exists(t, c, "old") || exists(t, c, "new") {
		t.Error("the state is not the one saved")
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "afterwards"}}
	if err := c.Create(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	eventually(t, func(ctx context.Context) bool {
		return c.Get(ctx, client.ObjectKey{Namespace: ns.Name, Name: "default"}, &corev1.ServiceAccount{}) == nil
	})
}

func TestFolder_Kept_GoesOn(t *testing.T) {
	o := cluster.Options{Dir: filepath.Join(t.TempDir(), "kept"), Durable: true, APIServerFlags: []string{"--event-ttl=2h"}}
	first, err := cluster.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	createErr := newClient(t, first.Config()).Create(t.Context(), configMap("default", "kept"))
	_, taken := cluster.Start(t.Context(), o)
	if err := first.Stop(); err != nil || createErr != nil {
		t.Fatal(err, createErr)
	}
	if taken == nil || !strings.Contains(taken.Error(), "in use by another program") {
		t.Errorf("second cluster in the folder: %v", taken)
	}
	second := own(t, o)
	if !exists(t, newClient(t, second.Config()), "kept") {
		t.Error("a second start in the folder does not find the object of the first")
	}
}
