package controller

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/store"
)

// reported remembers the status of each object as this manager wrote it last, or found it true. Where the watch brings another
// one, another client wrote it: a former leader that was frozen, a restore, a person. Then the object is enqueued, and the pass
// goes on from the status that is remembered. The condition types of others are no part of it.
type reported struct {
	leading *leading
	kind    store.Kind

	mu      sync.Mutex
	reports map[types.UID]*report
}

type report struct {
	// obj has that status. It is the cache's own object once the watch brought it, so that it costs no memory, and is never changed.
	obj client.Object
	// sure says that this manager wrote it or found it true; else it is only what was there first.
	sure bool
	// While a write is under way, what the watch brings may be that, and is kept in met until the answer is there.
	writing bool
	met     client.Object
	backoff *mendBackoff // nil: nobody else wrote it yet
}

func newReported(l *leading, k store.Kind) *reported {
	l.metrics.mended.WithLabelValues(string(k)) // a series that begins with its first change would hide that one from every rate
	r := &reported{leading: l, kind: k, reports: map[types.UID]*report{}}
	l.reported = append(l.reported, r)
	return r
}

// saw is called with every state of an object that the watch brings.
func (r *reported) saw(obj client.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	switch {
	case e == nil || e.obj == nil || !r.leading.begun():
		r.reports[obj.GetUID()] = &report{obj: obj}
	case e.writing:
		e.met = obj
	default:
		r.meet(e, obj)
	}
}

// meet compares what the watch brought with what was reported.
func (r *reported) meet(e *report, obj client.Object) {
	switch order := orderOf(obj, e.obj); {
	case order < 0: // a state before our own last write
	case order == 0, sameStatus(e.obj, obj):
		e.obj = obj
	case !e.sure:
		// What a pass judged may have been the one before.
		e.obj = obj
		r.leading.state.Invalidate(obj.GetUID())
		r.leading.queues.add(r.kind, client.ObjectKeyFromObject(obj))
	default:
		r.leading.queues.addAfter(r.kind, client.ObjectKeyFromObject(obj), e.pause(time.Now()))
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

// inherited reports whether the object has the status that a former manager left, which no pass of this one has found true yet.
func (r *reported) inherited(obj client.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	return e != nil && !e.sure && r.leading.signer.signed(obj)
}

// restore gives the object the status that was reported, and returns whether it had another. Where nothing was reported yet, a status
// counts only if a manager signed it, or may have written it before there were signatures, or one of another store wrote it, which holds
// the object.
func (r *reported) restore(obj client.Object) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.reports[obj.GetUID()]
	if e == nil {
		return false
	}
	if !e.sure {
		believed := !r.leading.allSigned.Load() && lacksSignature(obj)
		return !believed && !r.leading.signer.signed(obj) && !r.leading.elsewhere(obj) && unsigned(obj)
	}
	if orderOf(obj, e.obj) < 0 || sameStatus(e.obj, obj) {
		return false
	}
	copyStatus(obj, e.obj)
	r.leading.metrics.statusMended(r.kind)
	return true
}

// confirm is called after a pass that found the object's status true.
func (r *reported) confirm(obj client.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.reports[obj.GetUID()]; e != nil && e.obj != nil && !e.sure {
		e.sure = sameStatus(e.obj, obj)
	}
}

// update writes the status of an object, made fit, where it differs from before.
func (r *reported) update(ctx context.Context, c client.Client, before, obj client.Object) error {
	if fit(before, obj); equality.Semantic.DeepEqual(before, obj) && !r.signs(obj) {
		r.confirm(obj)
		return nil
	}
	r.leading.signer.sign(obj)
	r.begin(obj.GetUID())
	err := updateStatus(ctx, c, obj)
	r.end(obj, err)
	return err
}

func (r *reported) begin(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.reports[uid]; e != nil {
		e.writing = true
	}
}

func (r *reported) end(obj client.Object, err error) {
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
		e.obj, e.sure = met, false // the pass is repeated on a live read
		return
	}
	if met != nil && e.obj != nil {
		r.meet(e, met)
	}
}

func (r *reported) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.reports, uid)
}

// A client that overwrites status for ever is not answered each time: two such would cost the API server all they can.
const (
	firstMendPause = time.Second
	lastMendPause  = 5 * time.Minute
	// mendsForgotten is how long nobody else must have written a status before it is mended at once again.
	mendsForgotten = 10 * time.Minute
)

// mendBackoff is how a status is mended that is overwritten again and again.
type mendBackoff struct {
	due  time.Time // when it is mended next, or was last
	next time.Duration
}

// pause is how long to wait before the status is mended: not at all the first time.
func (e *report) pause(now time.Time) time.Duration {
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
