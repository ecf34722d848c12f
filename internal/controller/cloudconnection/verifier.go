package cloudconnection

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/enqueue"
	"github.com/account-operator/account-operator/internal/controller/syncstate"
	"github.com/account-operator/account-operator/internal/probe"
	"github.com/account-operator/account-operator/internal/store"
)

const (
	// leastInterval lies between two trials of one connection that nothing changed about.
	leastInterval = 10 * time.Minute
	// untriedPause is how long a connection waits whose Secret could not be read when its turn came.
	untriedPause = 10 * time.Second
)

// shares of the pool. One namespace whose providers all hang keeps a quarter of it busy.
var shares = probe.Shares{Total: 16, Namespace: 4, Host: 2}

// Verifier has connections tried in a pool of its own and remembers what came out, so that no reconcile waits for a provider:
// it asks, and the object is enqueued when the answer is there.
type Verifier struct {
	Pool    *probe.Pool
	checker *probe.Checker
	every   time.Duration // with verification Periodic
	queues  *enqueue.Queues
	tried   func(v1alpha1.CloudConnectionType, probe.Outcome) // counts a trial

	mu      sync.Mutex
	answers map[types.UID]answer
	asked   map[types.UID]string // the record that waits for its turn or is being tried
}

// answer is what came out of the last trial.
type answer struct {
	record  string
	verdict probe.Verdict
	at      time.Time
	before  probe.Outcome // of the trial before this one
	// spread is this answer's own stretch of an interval, so that what was tried together is not tried together again.
	spread float64
}

// NewVerifier makes one that tries connections with a checker, and those that are to be verified periodically once in this while.
func NewVerifier(checker *probe.Checker, every time.Duration, q *enqueue.Queues, tried func(v1alpha1.CloudConnectionType, probe.Outcome)) *Verifier {
	return &Verifier{
		Pool: probe.NewPool(shares), checker: checker,
		every: max(cmp.Or(every, time.Hour), leastInterval), queues: q, tried: tried,
		answers: map[types.UID]answer{}, asked: map[types.UID]string{},
	}
}

// due reports when the connection is to be tried again although nothing changed; the zero time says never. That a provider
// could not be reached, or its name leads nowhere yet, is no answer, so it is asked again in any case.
func (v *Verifier) due(a answer, policy v1alpha1.VerificationPolicy) time.Time {
	interval := time.Duration(0)
	if policy == v1alpha1.VerificationPeriodic {
		interval = v.every
	}
	if a.verdict.Outcome == probe.Unreachable || a.verdict.Outcome == probe.EndpointNotAllowed {
		interval = leastInterval
	}
	if interval == 0 {
		return time.Time{}
	}
	return a.at.Add(interval + time.Duration(a.spread*float64(interval)))
}

// last is the newest answer for an object; it may be to another record.
func (v *Verifier) last(uid types.UID) (answer, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, known := v.answers[uid]
	return a, known
}

// learn takes an answer that was given before this manager began.
func (v *Verifier) learn(uid types.UID, a answer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answers[uid] = a
}

// ask has a record tried when its turn comes, unless it has been asked for already. try says whether it could be tried.
func (v *Verifier) ask(c *v1alpha1.CloudConnection, record string, try func(context.Context) (probe.Verdict, bool)) {
	uid, key, provider := c.UID, client.ObjectKeyFromObject(c), c.Spec.Type
	host := v.checker.Host(targetOf(desired(c, nil)))
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.asked[uid] == record {
		return
	}
	v.asked[uid] = record
	v.Pool.Submit(probe.Request{ID: string(uid), Namespace: c.Namespace, Host: host, Do: func(ctx context.Context) {
		verdict, tried := try(ctx)
		if ctx.Err() != nil {
			return // no reconcile waits for it any more
		}
		v.answered(uid, record, verdict, tried)
		pause := untriedPause
		if tried {
			v.tried(provider, verdict.Outcome)
			pause = syncstate.ConflictPause // the reconcile that asked is still reporting so
		}
		v.queues.AddAfter(store.KindCloudConnection, key, pause)
	}})
}

func (v *Verifier) answered(uid types.UID, record string, verdict probe.Verdict, tried bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.asked[uid] != record {
		return
	}
	delete(v.asked, uid)
	if tried {
		v.answers[uid] = answer{
			record: record, verdict: verdict, at: time.Now(), before: v.answers[uid].verdict.Outcome,
			spread: rand.Float64() / 4, //nolint:gosec // spreading load needs no cryptography
		}
	}
}

// forget drops all that is known of an object, and ends its trial.
func (v *Verifier) forget(uid types.UID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.asked, uid)
	delete(v.answers, uid)
	v.Pool.Cancel(string(uid))
}
