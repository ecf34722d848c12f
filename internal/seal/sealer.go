// Package seal encrypts values at rest. A sealed value opens only with the associated data it was sealed with, so that it
// cannot be moved to another row.
package seal

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrOpen says that a value does not open. It never says more: what failed inside is of use to an attacker only.
var ErrOpen = errors.New("the sealed value does not open: it was altered, moved, or sealed with another keyset")

// The first byte of a stored value tells how it is stored, so that a sealed value is never taken for a plain one or the
// other way round.
const (
	markSealed byte = 's'
	markPlain  byte = 'p'
)

// Sealer seals and opens values. Without a key it stores them as they are, for development.
type Sealer struct {
	aead    tink.AEAD
	primary []byte // what every value sealed with the primary key begins with
}

// Unsealed returns a Sealer that does not encrypt.
func Unsealed() *Sealer { return &Sealer{primary: []byte{markPlain}} }

// Load makes a Sealer of a keyset that NewKeyset or Rotate made.
func Load(keyset []byte) (*Sealer, error) {
	handle, err := parse(keyset)
	if err != nil {
		return nil, err
	}
	key, err := handle.Primary()
	if err != nil {
		return nil, errors.New("the keyset has no primary key")
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, errors.New("the keyset is not one for sealing (AES256-GCM)")
	}
	return &Sealer{aead: primitive, primary: prefix(key.KeyID())}, nil
}

// prefix is our mark, then Tink's: a version byte and the key's ID.
func prefix(keyID uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{markSealed, 1}, keyID)
}

// Encrypts tells whether values are encrypted or stored as they are.
func (s *Sealer) Encrypts() bool { return s.aead != nil }

// Seal encrypts plaintext for the place that associatedData names.
func (s *Sealer) Seal(plaintext, associatedData []byte) ([]byte, error) {
	if s.aead == nil {
		return append([]byte{markPlain}, plaintext...), nil
	}
	ciphertext, err := s.aead.Encrypt(plaintext, associatedData)
	if err != nil {
		return nil, errors.New("sealing failed")
	}
	return append([]byte{markSealed}, ciphertext...), nil
}

// Open returns the plaintext, or ErrOpen. A plain value is refused when this Sealer encrypts: whoever can write to the
// database could else put a value of their own in.
func (s *Sealer) Open(sealed, associatedData []byte) ([]byte, error) {
	mark := markSealed
	if s.aead == nil {
		mark = markPlain
	}
	if len(sealed) == 0 || sealed[0] != mark {
		return nil, ErrOpen
	}
	if s.aead == nil {
		return bytes.Clone(sealed[1:]), nil
	}
	plaintext, err := s.aead.Decrypt(sealed[1:], associatedData)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}

// Current tells whether the value was sealed with the primary key. One that was not is to be sealed anew before the old
// key goes.
func (s *Sealer) Current(sealed []byte) bool { return bytes.HasPrefix(sealed, s.primary) }

// Encrypted tells by its mark whether a stored value is encrypted.
func Encrypted(stored []byte) bool { return len(stored) > 0 && stored[0] == markSealed }
