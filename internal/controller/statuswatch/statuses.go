// Package statuswatch remembers the status of each object as this manager wrote it, and puts it back where another client wrote it.
package statuswatch

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/controller/status"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// Statuses remembers the status of each object as this manager wrote it last, or found it true. Where the watch brings another
// one, another client wrote it: a previous leader that was frozen, a restore, a person. Then the object is enqueued, and the reconcile
// goes on from the status that is remembered. The condition types of others are no part of it.
type Statuses struct {
	Options
	kind store.Kind

	mu      sync.Mutex
	reports map[types.UID]*entry
}

type entry struct {
	// obj has that status. It is the cache's own object once the watch brought it, so that it costs no memory, and is never changed.
	obj client.Object
	// sure says that this manager wrote it or found it true; else it is only what was there first.
	sure bool
	// While a write is under way, what the watch brings may be that, and is kept in met until the answer is there.
	writing bool
	met     client.Object
	backoff *mendBackoff // nil: no other client wrote it yet
}

// Options are what those of all kinds have in common.
type Options struct {
	Lead    leadership
	Tracker *syncstate.Tracker
	Queues  *enqueue.Queues
	// Mended counts a status that another client wrote and that says again what is so.
	Mended func(store.Kind)
}

// leadership is what this manager knows as the leader of a store.
type leadership interface {
	// Begun reports whether the others may be called.
	Begun() bool
	Signer() status.Signer
	// AllSigned reports whether a status without a signature is no manager's; SetAllSigned has the store remember that.
	AllSigned() bool
	SetAllSigned(ctx context.Context) error
	// Elsewhere reports whether status says that the object was made in another store.
	Elsewhere(obj client.Object) bool
}

// New makes the Statuses of a kind.
func New(o Options, k store.Kind) *Statuses {
	return &Statuses{Options: o, kind: k, reports: map[types.UID]*entry{}}
}

// Saw is called with every state of an object that the watch brings.
func (r *Statuses) Saw(obj client.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	switch {
	case e == nil || e.obj == nil || !r.Lead.Begun():
		r.reports[obj.GetUID()] = &entry{obj: obj}
	case e.writing:
		e.met = obj
	default:
		r.meet(e, obj)
	}
}

// meet compares what the watch brought with what was reported.
func (r *Statuses) meet(e *entry, obj client.Object) {
	switch order := orderOf(obj, e.obj); {
	case order < 0: // a state before our own last write
	case order == 0, status.Same(e.obj, obj):
		e.obj = obj
	case !e.sure:
		// What a reconcile judged may have been the one before.
		e.obj = obj
		r.Tracker.Invalidate(obj.GetUID())
		r.Queues.Add(r.kind, client.ObjectKeyFromObject(obj))
	default:
		r.Queues.AddAfter(r.kind, client.ObjectKeyFromObject(obj), e.pause(time.Now()))
	}
}

// orderOf compares the versions of two states of an object.
func orderOf(a, b client.Object) int {
	order, err := resourceversion.CompareResourceVersion(a.GetResourceVersion(), b.GetResourceVersion())
	if err != nil {
		return 1 // the API server gives only versions that compare
	}
	return order
}

// Inherited reports whether the object has the status that a previous manager left, which no reconcile of this one has found true yet.
func (r *Statuses) Inherited(obj object.Any) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	return e != nil && !e.sure && r.Lead.Signer().Signed(obj)
}

// Restore gives the object the status that was reported, and returns whether it had another. Where nothing was reported yet, a status
// counts only if a manager signed it, or may have written it before there were signatures, or one of another store wrote it, which holds
// the object.
func (r *Statuses) Restore(obj client.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	if e == nil {
		return false
	}
	if !e.sure {
		believed := !r.Lead.AllSigned() && lacksSignature(obj)
		return !believed && !r.Lead.Signer().Signed(obj) && !r.Lead.Elsewhere(obj) && status.RemoveOwn(obj)
	}
	if orderOf(obj, e.obj) < 0 || status.Same(e.obj, obj) {
		return false
	}
	status.Copy(obj, e.obj)
	r.Mended(r.kind)
	return true
}

// Confirm is called after a reconcile that found the object's status true.
func (r *Statuses) Confirm(obj client.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.reports[obj.GetUID()]; e != nil && e.obj != nil && !e.sure {
		e.sure = status.Same(e.obj, obj)
	}
}

// Update writes the status of an object, made fit, where it differs from before.
func (r *Statuses) Update(ctx context.Context, c client.Client, before, obj client.Object) error {
	if status.Fit(before, obj); equality.Semantic.DeepEqual(before, obj) && !r.NeedsSignature(obj) {
		r.Confirm(obj)
		return nil
	}
	r.Lead.Signer().Sign(obj)
	r.begin(obj.GetUID())
	err := updateStatus(ctx, c, obj)
	r.end(obj, err)
	return err
}

// updateStatus writes status. It names the version that it was made from, as a locked patch would, and costs less on both sides:
// nothing has to find out what differs, and the API server need not spell out the object that it has. Of what the cache leaves
// out nothing is lost, since all but status is kept as it is.
func updateStatus(ctx context.Context, c client.Client, obj client.Object) error {
	return client.IgnoreNotFound(c.Status().Update(ctx, obj))
}

func (r *Statuses) begin(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.reports[uid]; e != nil {
		e.writing = true
	}
}

func (r *Statuses) end(obj client.Object, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	if e == nil {
		return // it was deleted meanwhile
	}
	met := e.met
	e.writing, e.met = false, nil
	switch {
	case err == nil:
		e.obj, e.sure = obj.DeepCopyObject().(client.Object), true
	case !syncstate.NotWritten(err):
		e.obj, e.sure = met, false // the reconcile is repeated on a live read
		return
	}
	if met != nil && e.obj != nil {
		r.meet(e, met)
	}
}

// Forget drops what is remembered of an object that is gone.
func (r *Statuses) Forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.reports, uid)
}

// A client that overwrites status for ever is not answered each time: two such would cost the API server all they can.
const (
	firstMendPause = time.Second
	lastMendPause  = 5 * time.Minute
	// mendsForgotten is how long no other client must have written a status before it is corrected at once again.
	mendsForgotten = 10 * time.Minute
)

// mendBackoff is how a status is corrected that is overwritten again and again.
type mendBackoff struct {
	due  time.Time // when it is corrected next, or was last
	next time.Duration
}

// pause is how long to wait before the status is corrected: not at all the first time.
func (e *entry) pause(now time.Time) time.Duration {
	b := e.backoff
	if b == nil || now.Sub(b.due) > mendsForgotten {
		e.backoff = &mendBackoff{now, firstMendPause}
		return 0
	}
	if now.Before(b.due) {
		return b.due.Sub(now)
	}
	pause := b.next
	b.due, b.next = now.Add(pause), min(2*pause, lastMendPause)
	return pause
}
