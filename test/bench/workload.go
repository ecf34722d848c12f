package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/bench/report"
)

// clients is how many create at once: as many as the API server can use here.
const clients = 16

// shared names the Secret that many sets take.
const shared = "shared"

func named(n int) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: ns, Name: fmt.Sprintf("bench-%d", n)}
}

func account(n int) *v1alpha1.Account {
	a := &v1alpha1.Account{ObjectMeta: named(n), Spec: v1alpha1.AccountSpec{Email: fmt.Sprintf("bench-%d@example.com", n)}}
	a.Labels = labelled(n)
	return a
}

// secret has other values in each round.
func secret(meta metav1.ObjectMeta, round int) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: meta, Data: map[string][]byte{}}
	for v := range report.Variables {
		s.Data[fmt.Sprintf("TOKEN_%d", v)] = fmt.Appendf(nil, "%s-%s-%d-%d", strings.Repeat("x", 24), meta.Name, v, round)
	}
	return s
}

// crew is some sets, one an account.
type crew struct {
	name   string
	prefix string // of their variables
	secret string // that all of them take; empty: each has one of its own
}

var (
	own     = crew{name: "bench"}
	sharing = crew{name: "sharing", prefix: "SHARED_", secret: shared}
)

func (c crew) set(n int) *v1alpha1.EnvVarSet {
	from := v1alpha1.EnvFromSource{Prefix: c.prefix, SecretRef: &v1alpha1.ObjectSelector{Name: c.secret}}
	if c.secret == "" {
		from.SecretRef.Name = named(n).Name
	}
	return &v1alpha1.EnvVarSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: fmt.Sprintf("%s-%d", c.name, n)},
		Spec: v1alpha1.EnvVarSetSpec{
			AccountRef: v1alpha1.AccountReference{Name: named(n).Name},
			EnvFrom:    []v1alpha1.EnvFromSource{from},
		},
	}
}

// each does something with every number from one to another, several at once.
func each(what string, from, to int, do func(n int) error) error {
	var done atomic.Int64
	defer progress(func() string { return fmt.Sprintf("%d of %d %s", done.Load(), to-from, what) })()
	var todo errgroup.Group
	todo.SetLimit(clients)
	for n := from; n < to; n++ {
		todo.Go(func() error {
			defer done.Add(1)
			return do(n)
		})
	}
	return todo.Wait()
}

func (s *site) create(ctx context.Context, from, to int, of func(n int) client.Object) error {
	return each("created", from, to, func(n int) error { return s.api.Create(ctx, of(n)) })
}
