package chart_test

import (
	"context"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/node"
)

// newNode is where Pods run until the test ends.
func newNode(t *testing.T) *node.Node {
	t.Helper()
	return newNodeWith(t, binary, t.TempDir())
}

// newNodeWith runs another manager, with volumes in a folder.
func newNodeWith(t *testing.T, program manager.Binary, volumes string) *node.Node {
	t.Helper()
	n, err := node.New(local, program.Path, volumes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// runDeployment runs a Pod of an installed Deployment until the test ends, and returns once it is ready.
func runDeployment(t *testing.T, on *node.Node, name string) *node.Pod {
	t.Helper()
	d := &appsv1.Deployment{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: home, Name: name}, d); err != nil {
		t.Fatal(err)
	}
	pod, err := on.Start(t.Context(), home, d.Spec.Template.Spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pod.Stop(); err != nil {
			t.Error(err)
		}
		if printed, err := pod.Printed(); t.Failed() {
			t.Logf("%s printed: %s %v", name, printed, err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := pod.Await(ctx, pod.Ready); err != nil {
		t.Fatal(err)
	}
	return pod
}

func says(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
