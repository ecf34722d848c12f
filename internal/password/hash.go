// Package password judges and hashes the passwords of accounts.
package password

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
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
type Hasher struct{ turns *semaphore.Weighted }

// NewHasher is for one process: what it bounds is that process's memory.
func NewHasher() *Hasher { return &Hasher{semaphore.NewWeighted(atOnce)} }

// Hash returns a PHC string of argon2id. ErrBusy when its turn did not come in time.
func (h *Hasher) Hash(ctx context.Context, password string) (store.Secret, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if h.turns.Acquire(waiting, 1) != nil {
		if err := ctx.Err(); err != nil {
			return store.Secret{}, err
		}
		return store.Secret{}, ErrBusy
	}
	defer h.turns.Release(1)
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt) // it never fails: the process ends first
	key := argon2.IDKey([]byte(normal(password)), salt, passes, memory, threads, keyLen)
	text := base64.RawStdEncoding.EncodeToString
	return store.NewSecret(fmt.Appendf(nil, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memory, passes, threads, text(salt), text(key))), nil
}
