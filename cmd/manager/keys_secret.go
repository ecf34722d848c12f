package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/account-operator/account-operator/internal/seal"
)

// keysetSecret is where a keyset is kept that is in no file.
type keysetSecret struct{ secret, key, kubeconfig string }

func (s *keysetSecret) flags(f *pflag.FlagSet) {
	f.StringVar(&s.secret, "secret", "", "make the keyset in this Secret, as NAMESPACE/NAME, which must not be there yet")
	f.StringVar(&s.key, "key", "keyset.json", "key of the keyset in the Secret")
	f.StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig file; left out, the Pod's own ServiceAccount")
}

// initKeyset needs the right to create Secrets and no other, so it can neither read nor replace one.
func (s *keysetSecret) initKeyset(ctx context.Context) error {
	namespace, name, found := strings.Cut(s.secret, "/")
	if !found || namespace == "" || name == "" {
		return usagef("--secret takes NAMESPACE/NAME, not %q", s.secret)
	}
	cluster, err := clusterConfig(s.kubeconfig)
	if err != nil {
		return err
	}
	clients, err := kubernetes.NewForConfig(cluster)
	if err != nil {
		return fmt.Errorf("make a client: %w", err)
	}
	keyset, err := seal.NewKeyset()
	if err != nil {
		return err
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Data: map[string][]byte{s.key: keyset}}
	_, err = clients.CoreV1().Secrets(namespace).Create(ctx, secret, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return usagef("the Secret %s exists; a keyset is never replaced, since what it sealed could not be opened any more", s.secret)
	}
	if err != nil {
		return fmt.Errorf("create the Secret %s: %w", s.secret, err)
	}
	return nil
}
