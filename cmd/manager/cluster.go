package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// clusterConfig is for the Pod's own ServiceAccount, or for a kubeconfig file.
func clusterConfig(kubeconfig string) (*rest.Config, error) {
	cluster, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, usagef("no way to the API server: %v; outside of a Pod give --kubeconfig", err)
	}
	cluster.UserAgent = "account-operator/" + version
	cluster.QPS = -1 // the API server's priority and fairness bounds us, and concurrency does
	return cluster, nil
}

// knownKinds are those that our clients can read.
func knownKinds() *runtime.Scheme {
	scheme := runtime.NewScheme()
	_ = clientgoscheme.AddToScheme(scheme) // both only fail for types registered twice
	_ = v1alpha1.AddToScheme(scheme)
	return scheme
}

// clusterID is what keeps this cluster apart from others in one store.
func clusterID(ctx context.Context, c config, live client.Reader) (string, error) {
	if c.clusterID != "" {
		return c.clusterID, nil
	}
	var ns corev1.Namespace
	if err := live.Get(ctx, client.ObjectKey{Name: "kube-system"}, &ns); err != nil {
		return "", fmt.Errorf("read the namespace kube-system, whose UID identifies the cluster: %w", err)
	}
	return string(ns.UID), nil
}
