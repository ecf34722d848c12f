package account

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/clusterview"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/kinds"
	"github.com/account-operator/account-operator/internal/store"
)

// Dependants enqueues what refers to an Account when its row is made or is gone. It remembers by its ID which row each Account was last
// seen to have.
type Dependants struct {
	Cached  client.Reader
	Tracker *syncstate.Tracker
	Queues  *enqueue.Queues

	mu  sync.Mutex
	ids map[types.UID]string
}

// rowSeen is called with the row that an Account has now. Where that was made since, all that refers to the Account is enqueued,
// whatever its status says.
func (d *Dependants) rowSeen(ctx context.Context, a *v1alpha1.Account, row store.Account) {
	before, known := d.note(a.UID, row.ID)
	if another := row.Created || known && before != row.ID; another || !known {
		d.enqueue(ctx, a, another)
	}
}

// rowGone is called when an Account is found to have no row any more and gets none for now.
func (d *Dependants) rowGone(ctx context.Context, a *v1alpha1.Account) {
	if before, known := d.note(a.UID, noRow); !known || before != noRow {
		d.enqueue(ctx, a, true)
	}
}

// enqueue enqueues all that refers to an Account. What it had applied went with a row that is gone, so that no record of it counts.
func (d *Dependants) enqueue(ctx context.Context, a *v1alpha1.Account, gone bool) {
	for _, kind := range kinds.OfAccount() {
		list := kind.NewList()
		err := d.Cached.List(ctx, list, client.InNamespace(a.Namespace),
			client.MatchingFields{clusterview.RefersTo: clusterview.AccountKey(a.Name)}, client.UnsafeDisableDeepCopy)
		if err != nil {
			continue // the cache cannot fail here: the index is there, and the kind is watched
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // a list of ours has only objects
			d.add(kind.Name, item.(client.Object), gone, d.Tracker.RowsReplaced)
			return nil
		})
	}
	for _, set := range clusterview.SetsSelecting(ctx, d.Cached, a) {
		d.add(store.KindEnvVarSet, set, gone, d.Tracker.SomeRowsReplaced)
	}
}

func (d *Dependants) add(kind store.Kind, o client.Object, gone bool, replaced func(types.UID)) {
	if gone {
		replaced(o.GetUID())
	}
	d.Queues.Add(kind, client.ObjectKeyFromObject(o))
}

// noRow is in place of the ID where the row is gone, or was perhaps just made.
const noRow = ""

// note remembers the row, and returns what was remembered before.
func (d *Dependants) note(uid types.UID, id string) (before string, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ids == nil {
		d.ids = map[types.UID]string{}
	}
	before, known = d.ids[uid]
	d.ids[uid] = id
	return before, known
}

// forget is called when an Account is gone.
func (d *Dependants) forget(uid types.UID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.ids, uid)
}
