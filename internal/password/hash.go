// Package password judges and hashes the passwords of accounts.
package password

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"

	"github.com/account-operator/account-operator/internal/store"
)

// What one hash costs: OWASP's least for argon2id, 19 MiB and two passes on one thread.
const (
	memory  = 19 * 1024 // KiB
	passes  = 2
	threads = 1
	saltLen = 16
	keyLen  = 32
)

// atOnce bounds the memory of all hashes together; patience, how long one waits for its turn.
const (
	atOnce   = 4
	patience = 5 * time.Second
)

// ErrBusy says that too many passwords were being hashed; it is no fault of this one.
var ErrBusy = errors.New("too many passwords are being hashed")

// Hasher hashes passwords, a few at a time.
type Hasher struct {
	turns *semaphore.Weighted
	made  atomic.Int64
}

// NewHasher is for one process: what it bounds is that process's memory.
func NewHasher() *Hasher { return &Hasher{turns: semaphore.NewWeighted(atOnce)} }

// Made is how many hashes there were.
func (h *Hasher) Made() int64 { return h.made.Load() }

// InTurn is for whatever costs as much as a hash. ErrBusy when its turn did not come in time.
func (h *Hasher) InTurn(ctx context.Context, work func()) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if h.turns.Acquire(waiting, 1) != nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		return ErrBusy
	}
	defer h.turns.Release(1)
	h.made.Add(1)
	work()
	return nil
}

// Hash returns a PHC string of argon2id. ErrBusy when its turn did not come in time.
func (h *Hasher) Hash(ctx context.Context, password string) (hash store.Secret, err error) {
	err = h.InTurn(ctx, func() {
		salt := make([]byte, saltLen)
		_, _ = rand.Read(salt) // it never fails: the process ends first
		key := argon2.IDKey([]byte(normal(password)), salt, passes, memory, threads, keyLen)
		text := base64.RawStdEncoding.EncodeToString
		hash = store.NewSecret(fmt.Appendf(nil, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
			argon2.Version, memory, passes, threads, text(salt), text(key)))
	})
	return hash, err
}
