package accountapi

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/account-operator/account-operator/internal/visitor"
)

// How often a key may ask: so many a second, and a few seconds' worth at once. One peer may have several keys.
const (
	usualRate  = 20
	burstOf    = 5 // seconds
	keysOfPeer = 5
)

// limits are how often a key and a peer ask. A request that is refused takes nothing of the budget, so that who tries again is not kept out by it.
type limits struct {
	keys  *visitor.Limits[string]
	peers *visitor.Limits[netip.Prefix]
}

func newLimits(perSecond int) *limits {
	if perSecond <= 0 {
		perSecond = usualRate
	}
	every := time.Second / time.Duration(perSecond)
	return &limits{
		keys:  visitor.NewLimits[string](burstOf*perSecond, every),
		peers: visitor.NewLimits[netip.Prefix](keysOfPeer*burstOf*perSecond, every/keysOfPeer),
	}
}

func (l *limits) key(id string) time.Duration { return l.keys.Wait(id) }

func (l *limits) peer(r *http.Request, trusted []netip.Prefix) time.Duration {
	return l.peers.Wait(visitor.Peer(visitor.Of(r, trusted)))
}

const (
	// maxTurns is how many requests use the store at once: fewer than any store has connections.
	maxTurns = 3
	// patience is how long one waits for its turn.
	patience = 5 * time.Second
)

// errBusy is answered with when to come again.
var errBusy = errors.New("too many requests wait for the store")

// turns let a few requests use the store at once.
type turns chan struct{}

func newTurns() turns { return make(turns, maxTurns) }

// inTurn is errBusy for who waited too long.
func inTurn[T any](ctx context.Context, t turns, call func() (T, error)) (out T, err error) {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case t <- struct{}{}:
		defer func() { <-t }()
		return call()
	case <-bounded.Done():
		return out, errBusy
	}
}
