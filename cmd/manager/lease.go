package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// errLostLease says that this manager was the leader and is not any more.
var errLostLease = errors.New("the Lease was lost to another manager, or could not be renewed in time")

// errRewoundLease ends leading in the end: what this manager watches does not go on in a cluster that was put back, so it has
// to start again.
var errRewoundLease = errors.New("the Lease is older than what this manager wrote last: the cluster was put back to an older state")

const podNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// lease is the lock that elects. Beside that it reports whether leading ended, which the elector reports to the lock first
// when leading begins and again when it ends.
type lease struct {
	resourcelock.Interface
	// witness reads the Lease live. A lock remembers what it read last, and is for one goroutine, so that the elector's own
	// cannot be asked beside it.
	witness resourcelock.Interface
	reports atomic.Int32
	// renewDeadline is how long after a renewal this manager may still write to the API server. proven is when that was asked for.
	renewDeadline time.Duration
	proven        atomic.Pointer[time.Time]
	// As the elector, which is one goroutine, read or wrote them last.
	holder  string
	renewed time.Time // by this manager
	rewound bool      // the Lease was older than that
}

// Get implements resourcelock.Interface.
func (l *lease) Get(ctx context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	record, raw, err := l.Interface.Get(ctx)
	if err != nil {
		return record, raw, err
	}
	l.holder = record.HolderIdentity
	// A Lease keeps microseconds.
	l.rewound = l.rewound || l.holder == l.Identity() && record.RenewTime.Time.Before(l.renewed.Truncate(time.Microsecond))
	return record, raw, nil
}

// Update implements resourcelock.Interface. The elector releases what it believes to hold; after a freeze that is another
// manager's Lease, and its own read right before changes nothing.
func (l *lease) Update(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	if record.HolderIdentity == "" && l.holder != l.Identity() {
		return errLostLease
	}
	if record.HolderIdentity != "" && l.rewound {
		return errRewoundLease // until the elector gives up
	}
	asked := time.Now()
	err := l.Interface.Update(ctx, record)
	if err == nil {
		l.holder, l.renewed = record.HolderIdentity, record.RenewTime.Time
		l.proves(record, asked)
	}
	return err
}

// Create implements resourcelock.Interface.
func (l *lease) Create(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	asked := time.Now()
	err := l.Interface.Create(ctx, record)
	if err == nil {
		l.proves(record, asked)
	}
	return err
}

// proves notes what a write of the Lease says of who leads. What counts is when it was asked for: others count from later.
func (l *lease) proves(record resourcelock.LeaderElectionRecord, asked time.Time) {
	if record.HolderIdentity != l.Identity() {
		l.proven.Store(nil)
		return
	}
	l.proven.Store(&asked)
}

// leads reports whether this manager surely holds the Lease: no other can take it before its term is over, which is longer than
// the deadline. A monotonic clock goes on while the process is frozen, and the clock on the wall while its machine is.
func (l *lease) leads(now time.Time) bool {
	asked := l.proven.Load()
	return asked != nil && now.Sub(*asked) < l.renewDeadline && now.Round(0).Sub(asked.Round(0)) < l.renewDeadline
}

// RecordEvent is how the elector reports.
func (l *lease) RecordEvent(string) { l.reports.Add(1) }

func (l *lease) lost() bool { return l.reports.Load() > 1 }

// ended reports whether the Lease is why a manager ended with this error. The elector reports an end also where something else was
// the cause, since a manager that ends gives its Lease back.
func (l *lease) ended(err error) bool {
	return l != nil && l.lost() && (err == nil || err.Error() == electorsWord)
}

// electorsWord is controller-runtime's error for a Lease that was lost.
const electorsWord = "leader election lost"

// holds reads the Lease live.
func (l *lease) holds(ctx context.Context) error {
	record, _, err := l.witness.Get(ctx)
	if err != nil {
		return fmt.Errorf("read the Lease: %w", err)
	}
	if record.HolderIdentity != l.Identity() {
		return errLostLease
	}
	return nil
}

// newLease is nil without leader election.
func newLease(c config, cluster *rest.Config) (*lease, error) {
	if !c.lease.elect {
		return nil, nil
	}
	namespace, err := leaseNamespace(c.lease.namespace)
	if err != nil {
		return nil, err
	}
	own := rest.CopyConfig(cluster)
	own.Timeout = c.lease.renewDeadline / 2 // a request that hangs must not cost the Lease
	clients, err := kubernetes.NewForConfig(own)
	if err != nil {
		return nil, fmt.Errorf("make a client for the Lease: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("find the name of this host: %w", err)
	}
	of := resourcelock.ResourceLockConfig{Identity: host + "_" + string(uuid.NewUUID())}
	l := &lease{renewDeadline: c.lease.renewDeadline}
	for _, lock := range []*resourcelock.Interface{&l.Interface, &l.witness} {
		*lock, err = resourcelock.New(resourcelock.LeasesResourceLock, namespace, c.leaseName(), clients.CoreV1(), clients.CoordinationV1(), of)
		if err != nil {
			return nil, fmt.Errorf("make the lock on the Lease: %w", err)
		}
	}
	return l, nil
}

func leaseNamespace(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	text, err := os.ReadFile(podNamespaceFile)
	if err != nil {
		return "", usagef("--leader-elect outside of a Pod needs --leader-elect-namespace")
	}
	return string(text), nil
}
