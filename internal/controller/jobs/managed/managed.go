// Package managed has the store know which leaves the spec of each Account sets, where an earlier manager did not note it.
package managed

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/controller/timing"
	"github.com/account-operator/account-operator/internal/store"
)

// again is how long to wait after a store did not answer.
const again = 10 * time.Second

// batch bounds how many accounts one transaction keeps from others.
const batch = 200

// Backfill reads no Secret, writes no status, and wakes no object. Once it has run, a start finds nothing to do.
type Backfill struct {
	Cached client.Reader
	// Spec gives the record of an Account, and the leaves that its spec sets.
	Spec func(*v1alpha1.Account) (record string, leaves []string, err error)
}

// Run ends when all is known that can be, or with ctx.
func (b Backfill) Run(ctx context.Context, fenced store.FencedStore) {
	for ctx.Err() == nil {
		filled, err := b.fill(ctx, fenced)
		if filled > 0 {
			ctrl.LoggerFrom(ctx).Info("noted what the specs of Accounts set, so that their holders can change the rest", "accounts", filled)
		}
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			ctrl.LoggerFrom(ctx).Error(err, "note what the specs of Accounts set")
		}
		timing.Pause(ctx, timing.Jittered(again))
	}
}

func (b Backfill) fill(ctx context.Context, fenced store.FencedStore) (filled int, err error) {
	var known []store.ManagedLeaves
	flush := func() error {
		if len(known) == 0 {
			return nil
		}
		err := fenced.FillManaged(ctx, known)
		if err == nil {
			filled += len(known)
		}
		known = nil
		return err
	}
	err = store.EachManagedUnknown(ctx, fenced, func(m store.ManagedLeaves) error {
		leaves, is, err := b.leaves(ctx, m)
		if err != nil || !is {
			return err
		}
		m.Leaves = leaves
		if known = append(known, m); len(known) < batch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return filled, err
	}
	return filled, flush()
}

// leaves are those of the object's spec, if that is what was applied. Else the object is reconciled, which notes them.
func (b Backfill) leaves(ctx context.Context, m store.ManagedLeaves) (leaves []string, is bool, err error) {
	var a v1alpha1.Account
	err = b.Cached.Get(ctx, types.NamespacedName{Namespace: m.Claim.Namespace, Name: m.Claim.Name}, &a)
	if apierrors.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, outcome.FromAPI(fmt.Errorf("read Account: %w", err))
	}
	record, leaves, err := b.Spec(&a)
	return leaves, string(a.UID) == m.Claim.UID && record == strings.TrimSuffix(m.Record, syncstate.DriftLeft), err
}
