package main

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// variables of each set, all from its Secret.
const variables = 10

// clients is how many create at once: as many as the API server can use here.
const clients = 16

func named(n int) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: ns, Name: fmt.Sprintf("bench-%d", n)}
}

func account(n int) *v1alpha1.Account {
	return &v1alpha1.Account{ObjectMeta: named(n), Spec: v1alpha1.AccountSpec{Email: fmt.Sprintf("bench-%d@example.com", n)}}
}

// secret has other values in each round.
func secret(n, round int) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: named(n), Data: map[string][]byte{}}
	for v := range variables {
		s.Data[fmt.Sprintf("TOKEN_%d", v)] = fmt.Appendf(nil, "%s-%d-%d-%d", strings.Repeat("x", 24), n, v, round)
	}
	return s
}

func set(n int) *v1alpha1.EnvVarSet {
	return &v1alpha1.EnvVarSet{ObjectMeta: named(n), Spec: v1alpha1.EnvVarSetSpec{
		AccountRef: v1alpha1.AccountReference{Name: named(n).Name},
		EnvFrom:    []v1alpha1.EnvFromSource{{SecretRef: &v1alpha1.ObjectSelector{Name: named(n).Name}}},
	}}
}

// each does something with every object, several at once.
func (s *site) each(do func(n int) error) error {
	var todo errgroup.Group
	todo.SetLimit(clients)
	for n := range s.bench.objects {
		todo.Go(func() error { return do(n) })
	}
	return todo.Wait()
}

func (s *site) createAll(ctx context.Context, of func(n int) client.Object) error {
	return s.each(func(n int) error { return s.api.Create(ctx, of(n)) })
}
