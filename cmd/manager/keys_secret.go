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
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
)

// keysetSecret is where a keyset is kept that is in no file.
type keysetSecret struct{ secret, key, kubeconfig string }

func (s *keysetSecret) flags(f *pflag.FlagSet, secret string) {
	f.StringVar(&s.secret, "secret", "", secret)
	f.StringVar(&s.key, "key", "keyset.json", "key of the keyset in the Secret")
	f.StringVar(&s.kubeconfig, "kubeconfig", "", "kubeconfig file; left out, the Pod's own ServiceAccount")
}

// orFile refuses none and both of them.
func (s *keysetSecret) orFile(args []string) error {
	if (len(args) == 1) == (s.secret != "") {
		return usagef("name either the file that is to hold the keyset or, by --secret, the Secret")
	}
	return nil
}

// create needs the right to create Secrets and no other, so it can neither read nor replace one.
func (s *keysetSecret) create(ctx context.Context, keyset []byte) error {
	secrets, name, err := s.client()
	if err != nil {
		return err
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string][]byte{s.key: keyset}}
	_, err = secrets.Create(ctx, secret, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return usagef("the Secret %s exists; a keyset is never replaced, since what it sealed could not be opened any more", s.secret)
	}
	if err != nil {
		return fmt.Errorf("create the Secret %s: %w", s.secret, err)
	}
	return nil
}

// change replaces the keyset that it read, and no other that came in its place meanwhile.
func (s *keysetSecret) change(ctx context.Context, turn func([]byte) ([]byte, error)) error {
	secrets, name, err := s.client()
	if err != nil {
		return err
	}
	secret, err := secrets.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("read the Secret %s: %w", s.secret, err)
	}
	keyset, there := secret.Data[s.key]
	if !there {
		return usagef("the Secret %s has no key %q; name that of the keyset by --key", s.secret, s.key)
	}
	if secret.Data[s.key], err = turn(keyset); err != nil {
		return keysetError("the Secret "+s.secret, err)
	}
	if _, err := secrets.Update(ctx, secret, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("replace the keyset in the Secret %s: %w", s.secret, err)
	}
	return nil
}

func (s *keysetSecret) client() (secrets typedcorev1.SecretInterface, name string, err error) {
	namespace, name, found := strings.Cut(s.secret, "/")
	if !found || namespace == "" || name == "" {
		return nil, "", usagef("--secret takes NAMESPACE/NAME, not %q", s.secret)
	}
	cluster, err := clusterConfig(s.kubeconfig)
	if err != nil {
		return nil, "", err
	}
	clients, err := kubernetes.NewForConfig(cluster)
	if err != nil {
		return nil, "", fmt.Errorf("make a client: %w", err)
	}
	return clients.CoreV1().Secrets(namespace), name, nil
}
