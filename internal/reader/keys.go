package reader

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// revokedWithin is how long a credential that was revoked may still be taken. So who waits is looked at after half of it, by what the store said within
// the other half. A request waits for the store to say which are valid for as long as
// its patience is; where the store did not answer, those that follow are in a hurry until it does. It has readWithin for whatever it is asked.
const (
	readWithin    = 5 * time.Second
	revokedWithin = time.Second
	lookAtKeys    = revokedWithin / 2
	patience      = time.Second
	hurry         = 100 * time.Millisecond
)

var errSilent = errors.New("the store does not answer")

// keys are those that are valid. The store is asked by one request for all of them, and beside the lock that all take.
type keys struct {
	readers  store.Readers
	question shared[*validity]

	mu     sync.Mutex
	valid  *validity
	silent bool // the store did not answer
}

// validity is what the store said.
type validity struct {
	find        func(store.Secret) (store.ReaderKey, bool)
	revocations int64
	asked       time.Time
}

// now is what the store said within lookAtKeys.
func (k *keys) now(ctx context.Context) (*validity, error) {
	k.mu.Lock()
	valid, within := k.valid, patience
	if k.silent {
		within = hurry
	}
	k.mu.Unlock()
	if valid != nil && time.Since(valid.asked) < lookAtKeys {
		return valid, nil
	}
	valid, err := k.question.ask(ctx, readWithin, k.ask).wait(ctx, within, errSilent)
	if errors.Is(err, errSilent) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.silent = true
	}
	return valid, err
}

func (k *keys) ask(ctx context.Context) (*validity, error) {
	asked := time.Now()
	find, revocations, err := k.readers.ValidReaders(ctx)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.valid, k.silent = &validity{find, revocations, asked}, false
	return k.valid, nil
}

// forget has the next request ask.
func (k *keys) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.valid = nil
}
