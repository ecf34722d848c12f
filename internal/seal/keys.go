package seal

import (
	"errors"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/hybrid"
	"github.com/tink-crypto/tink-go/v2/hybrid/hpke"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// keyring is what a keyset can do: with its key pairs, and with the keys of before there were pairs, each of which seals and opens alike.
type keyring struct {
	primary   uint32
	ids       map[uint32]bool
	pairs     map[uint32]bool
	sealing   tink.HybridEncrypt // nil: no key pair
	opening   tink.HybridDecrypt // nil: no key pair, or public halves only
	symmetric tink.AEAD          // nil: no other key
	data      *dataKeys          // which the pairs seal
}

func (k *keyring) seal(plaintext, associatedData []byte) ([]byte, error) {
	if k.pairs[k.primary] {
		return k.data.seal(plaintext, associatedData)
	}
	return k.symmetric.Encrypt(plaintext, associatedData)
}

func (k *keyring) open(id uint32, sealed, associatedData []byte) ([]byte, error) {
	switch {
	case k.pairs[id]:
		return k.data.open(sealed, associatedData)
	case k.symmetric == nil:
		return nil, ErrOpen
	default:
		return k.symmetric.Decrypt(sealed, associatedData)
	}
}

var errKeys = errors.New("the keyset is not one for sealing (HPKE with X25519, HKDF-SHA256 and AES256-GCM, or AES256-GCM)")

var errPublic = errors.New("the keyset has the public halves of keys only, and would open nothing; give the whole one")

var errPrivate = errors.New("the keyset opens what it seals, and here only its public halves may be; give what `manager keys public` prints")

// split uses the keys of each sort for themselves, as the library does.
func split(handle *keyset.Handle) (k *keyring, err error) {
	pairs, symmetric := only(handle, isPair), only(handle, func(e *keyset.Entry) bool { return !isPair(e) })
	if only(handle, isPublic) != nil {
		return nil, errPublic
	}
	k = &keyring{}
	if pairs != nil {
		public, err := pairs.Public()
		if err != nil {
			return nil, errKeys
		}
		if k, err = splitPublic(public); err != nil {
			return nil, err
		}
		if k.opening, err = hybrid.NewHybridDecrypt(pairs); err != nil {
			return nil, errKeys
		}
	}
	if symmetric != nil {
		if k.symmetric, err = aead.New(symmetric); err != nil {
			return nil, errKeys
		}
	}
	primary, err := handle.Primary()
	if err != nil {
		return nil, errKeys
	}
	k.primary, k.ids = primary.KeyID(), map[uint32]bool{}
	for _, e := range entries(handle) {
		k.ids[e.KeyID()] = true
	}
	return k, nil
}

// splitPublic is split for the public halves of key pairs.
func splitPublic(handle *keyset.Handle) (*keyring, error) {
	k := &keyring{pairs: map[uint32]bool{}, ids: map[uint32]bool{}}
	for _, e := range entries(handle) {
		public, is := e.Key().(*hpke.PublicKey)
		if !is || !public.Parameters().Equal(pairParameters) {
			return nil, errKeys
		}
		k.pairs[e.KeyID()], k.ids[e.KeyID()] = true, true
	}
	primary, err := handle.Primary()
	if err != nil {
		return nil, errKeys
	}
	k.primary = primary.KeyID()
	if k.sealing, err = hybrid.NewHybridEncrypt(handle); err != nil {
		return nil, errKeys
	}
	return k, nil
}

// pairParameters are those of each key pair: how long a sealed data key is follows from them.
var pairParameters = func() *hpke.Parameters {
	p, err := hpke.NewParameters(hpke.ParametersOpts{
		KEMID: hpke.DHKEM_X25519_HKDF_SHA256, KDFID: hpke.HKDFSHA256, AEADID: hpke.AES256GCM, Variant: hpke.VariantTink,
	})
	if err != nil {
		panic(err) // it is the program's own
	}
	return p
}()

func isPair(e *keyset.Entry) bool {
	_, is := e.Key().(*hpke.PrivateKey)
	return is
}

func isPublic(e *keyset.Entry) bool {
	_, is := e.Key().(*hpke.PublicKey)
	return is
}

// only is the keyset with the keys of one sort, and nil where none of these is enabled. Its primary key is the whole one's, or the newest.
func only(handle *keyset.Handle, is func(*keyset.Entry) bool) *keyset.Handle {
	var primary *keyset.Entry
	var others []uint32
	for _, e := range entries(handle) {
		switch {
		case !is(e):
			others = append(others, e.KeyID())
		case e.KeyStatus() == keyset.Enabled && (primary == nil || !primary.IsPrimary()):
			primary = e
		}
	}
	if primary == nil {
		return nil
	}
	m := keyset.NewManagerFromHandle(handle)
	err := m.SetPrimary(primary.KeyID())
	for _, id := range others {
		err = errors.Join(err, m.Delete(id))
	}
	sorted, errHandle := m.Handle()
	if errors.Join(err, errHandle) != nil {
		return nil
	}
	return sorted
}

func entries(handle *keyset.Handle) (all []*keyset.Entry) {
	for n := range handle.Len() {
		if e, err := handle.Entry(n); err == nil {
			all = append(all, e)
		}
	}
	return all
}
