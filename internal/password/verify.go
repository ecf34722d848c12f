package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/account-operator/account-operator/internal/store"
)

// The most that a hash may cost which another program wrote: four times what ours do.
const (
	maxMemory  = 4 * memory
	maxPasses  = 8
	maxThreads = 4
	maxLength  = 64 // of salt and key
)

// phc is what a PHC string of argon2id holds.
type phc struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// nobodys is no password's, and costs as much to compare as any of ours.
var nobodys = phc{memory: memory, passes: passes, threads: threads, salt: make([]byte, saltLen), key: make([]byte, keyLen)}

// Verify reports whether the PHC string is of this password. Without one, or with one that cannot be read, it makes a hash all the same, so
// that how long it takes does not say so. ErrBusy as with Hash.
func (h *Hasher) Verify(ctx context.Context, hash store.Secret, password string) (right bool, err error) {
	known, readable := parse(string(hash.Reveal()))
	if !readable {
		known = nobodys
	}
	err = h.InTurn(ctx, func() {
		key := argon2.IDKey([]byte(normal(password)), known.salt, known.passes, known.memory, known.threads, uint32(len(known.key))) //nolint:gosec // at most maxLength
		right = subtle.ConstantTimeCompare(key, known.key) == 1 && readable
	})
	return right, err
}

func parse(text string) (p phc, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil || n != 3 {
		return phc{}, false
	}
	var saltErr, keyErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	return p, saltErr == nil && keyErr == nil && p.bounded()
}

func (p *phc) bounded() bool {
	within := func(n, least, most int) bool { return n >= least && n <= most }
	return within(int(p.memory), 1, maxMemory) && within(int(p.passes), 1, maxPasses) && within(int(p.threads), 1, maxThreads) &&
		within(len(p.salt), 8, maxLength) && within(len(p.key), 16, maxLength)
}
