// Package seal encrypts values at rest. A sealed value opens only with the associated data it was sealed with, so that it
// cannot be moved to another row. docs/sealed-format.md has the form byte for byte.
package seal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sync/atomic"
)

// ErrOpen says that a value does not open. It never says more: what failed inside is of use to an attacker only.
var ErrOpen = errors.New("the sealed value does not open: it was altered, moved, or sealed with another keyset")

// The first byte of a stored value says how it is stored, so that a sealed value is never taken for a plain one or the
// other way round.
const (
	markSealed byte = 's'
	markPlain  byte = 'p'
)

// idEnd is where a sealed value's key ID ends, which follows our mark and the version of Tink's prefix.
const idEnd = 6

// Sealer seals and opens values. Without a key it stores them as they are, for development.
type Sealer struct {
	ring   atomic.Pointer[keyring] // nil: it does not encrypt
	follow *follow                 // nil: the keys stay as they are
}

// Unsealed returns a Sealer that does not encrypt.
func Unsealed() *Sealer { return &Sealer{} }

// Load makes a Sealer of a keyset that NewKeyset or Rotate made.
func Load(keyset []byte) (*Sealer, error) {
	handle, err := parse(keyset)
	if err != nil {
		return nil, err
	}
	return newSealer(split(handle))
}

// LoadPublic makes a Sealer of what Public made. It opens nothing, not even what it sealed.
func LoadPublic(keyset []byte) (*Sealer, error) {
	handle, err := parsePublic(keyset)
	if err != nil {
		return nil, err
	}
	return newSealer(splitPublic(handle))
}

func newSealer(ring *keyring, err error) (*Sealer, error) {
	if err != nil {
		return nil, err
	}
	ring.data = newDataKeys(ring.sealing, ring.opening)
	s := &Sealer{}
	s.ring.Store(ring)
	return s, nil
}

// Encrypts reports whether values are encrypted or stored as they are.
func (s *Sealer) Encrypts() bool { return s.ring.Load() != nil }

// Seal encrypts plaintext for the place that associatedData names.
func (s *Sealer) Seal(plaintext, associatedData []byte) ([]byte, error) {
	ring := s.ring.Load()
	if ring == nil {
		return append([]byte{markPlain}, plaintext...), nil
	}
	sealed, err := ring.seal(plaintext, associatedData)
	if err != nil {
		return nil, errors.New("sealing failed")
	}
	return append([]byte{markSealed}, sealed...), nil
}

// Open returns the plaintext, or ErrOpen. A plain value is refused when this Sealer encrypts: whoever can write to the
// database could else put a value of their own in.
func (s *Sealer) Open(sealed, associatedData []byte) ([]byte, error) {
	ring := s.ring.Load()
	switch {
	case ring == nil && bytes.HasPrefix(sealed, []byte{markPlain}):
		return bytes.Clone(sealed[1:]), nil
	case ring == nil, len(sealed) < idEnd, sealed[0] != markSealed:
		return nil, ErrOpen
	}
	id := keyID(sealed)
	plaintext, err := s.knowing(ring, id).open(id, sealed[1:], associatedData)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}

// knowing is the keyring, or what became of it where it lacks a key.
func (s *Sealer) knowing(ring *keyring, id uint32) *keyring {
	if s.follow == nil || ring.ids[id] {
		return ring
	}
	s.follow.again(s)
	return s.ring.Load()
}

// Current reports whether the value was sealed with the primary key. One that was not is to be sealed again before the old
// key goes.
func (s *Sealer) Current(sealed []byte) bool {
	ring := s.ring.Load()
	if ring == nil {
		return bytes.HasPrefix(sealed, []byte{markPlain})
	}
	// Our mark, then Tink's prefix: a version byte and the key's ID.
	return bytes.HasPrefix(sealed, binary.BigEndian.AppendUint32([]byte{markSealed, 1}, ring.primary))
}

// Knows reports whether the value was sealed with one of the keys, as far as its mark says: whoever has public halves only cannot try.
func (s *Sealer) Knows(sealed []byte) bool {
	ring := s.ring.Load()
	if ring == nil {
		return bytes.HasPrefix(sealed, []byte{markPlain})
	}
	return len(sealed) >= idEnd && sealed[0] == markSealed && ring.ids[keyID(sealed)]
}

// keyID is that of the key which sealed a value that is long enough to have one.
func keyID(sealed []byte) uint32 { return binary.BigEndian.Uint32(sealed[idEnd-4 : idEnd]) }

// Encrypted reports by its mark whether a stored value is encrypted.
func Encrypted(stored []byte) bool { return len(stored) > 0 && stored[0] == markSealed }
