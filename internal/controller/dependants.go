package controller

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/store"
)

// dependants are the kinds whose objects need the row of an Account.
func dependants() map[store.Kind]client.ObjectList {
	return map[store.Kind]client.ObjectList{
		store.KindEnvVarSet: &v1alpha1.EnvVarSetList{}, store.KindCloudConnection: &v1alpha1.CloudConnectionList{},
		store.KindAccountAction: &v1alpha1.AccountActionList{},
	}
}

// rowSeen is called with the row that an Account has now. Where that was made since, all that refers to the Account is enqueued,
// whatever its status says.
func (l *leading) rowSeen(ctx context.Context, a *v1alpha1.Account, row store.Account) {
	before, known := l.rows.note(a.UID, row.ID)
	if another := row.Created || known && before != row.ID; another || !known {
		l.wakeDependants(ctx, a, another)
	}
}

// rowGone is called when an Account is found to have no row any more and gets none for now.
func (l *leading) rowGone(ctx context.Context, a *v1alpha1.Account) {
	if before, known := l.rows.note(a.UID, noRow); !known || before != noRow {
		l.wakeDependants(ctx, a, true)
	}
}

// wakeDependants enqueues all that refers to an Account. What it had applied went with a row that is gone, so that no record of it
// counts.
func (l *leading) wakeDependants(ctx context.Context, a *v1alpha1.Account, gone bool) {
	for kind, list := range dependants() {
		err := l.cached.List(ctx, list, client.InNamespace(a.Namespace),
			client.MatchingFields{refersTo: accountKey(a.Name)}, client.UnsafeDisableDeepCopy)
		if err != nil {
			continue // the cache cannot fail here: the index is there, and the kind is watched
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			o := item.(client.Object)
			if gone {
				l.state.RowsReplaced(o.GetUID())
			}
			l.queues.add(kind, client.ObjectKeyFromObject(o))
			return nil
		})
	}
}

// accountRows remembers by its ID which row each Account was last seen to have.
type accountRows struct {
	mu  sync.Mutex
	ids map[types.UID]string
}

// noRow is in place of the ID where the row is gone, or was perhaps just made.
const noRow = ""

// note remembers the row, and returns what was remembered before.
func (r *accountRows) note(uid types.UID, id string) (before string, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids == nil {
		r.ids = map[types.UID]string{}
	}
	before, known = r.ids[uid]
	r.ids[uid] = id
	return before, known
}

// forget is called when an Account is gone.
func (r *accountRows) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ids, uid)
}
