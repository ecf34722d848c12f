package seal

import (
	"bytes"
	"crypto/rand"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// A value that a key pair seals is encrypted with a data key (AES256-GCM), which stands before it, sealed by HPKE. That costs several hundred times
// what the value does, so values share a data key, and who opens them keeps those that it has seen.
const (
	dataKeySize   = 32
	sealedKeySize = 5 + 32 + dataKeySize + 16 // Tink's prefix, what HPKE encapsulates, the data key, its tag
	// dataKeyUses is how many values share one. Their nonces are random, which NIST allows for 2^32.
	dataKeyUses = 1 << 20
	// dataKeysKept is how many are kept open.
	dataKeysKept = 4096
)

// dataKeyInfo is the info of HPKE, which has a sealed data key open for nothing else.
var dataKeyInfo = []byte("account-operator/data-key")

// dataKeys are those of the key pairs. Who can open keeps the one that it seals with; who cannot makes one for each value and forgets it, so
// that nothing is left by which that value opens.
type dataKeys struct {
	sealing tink.HybridEncrypt // nil: no key pair
	opening tink.HybridDecrypt // nil: who seals only
	most    int                // values that share a data key

	mu     sync.Mutex
	last   *dataKey
	opened recent
}

type dataKey struct {
	tink.AEAD

	sealed []byte
	uses   int
}

func newDataKeys(sealing tink.HybridEncrypt, opening tink.HybridDecrypt) *dataKeys {
	return &dataKeys{sealing: sealing, opening: opening, opened: recent{most: dataKeysKept}, most: dataKeyUses}
}

func (d *dataKeys) seal(plaintext, associatedData []byte) ([]byte, error) {
	key, err := d.forSealing()
	if err != nil {
		return nil, err
	}
	ciphertext, err := key.Encrypt(plaintext, associatedData)
	if err != nil {
		return nil, err
	}
	return append(bytes.Clone(key.sealed), ciphertext...), nil
}

func (d *dataKeys) forSealing() (*dataKey, error) {
	if d.opening == nil {
		return d.draw()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil || d.last.uses == d.most {
		drawn, err := d.draw()
		if err != nil {
			return nil, err
		}
		d.last = drawn
		d.opened.add(string(drawn.sealed), drawn.AEAD)
	}
	d.last.uses++
	return d.last, nil
}

func (d *dataKeys) draw() (*dataKey, error) {
	key := make([]byte, dataKeySize)
	_, _ = rand.Read(key) // it never fails
	sealed, err := d.sealing.Encrypt(key, dataKeyInfo)
	if err != nil {
		return nil, err
	}
	cipher, err := subtle.NewAESGCM(key)
	return &dataKey{AEAD: cipher, sealed: sealed}, err
}

func (d *dataKeys) open(sealed, associatedData []byte) ([]byte, error) {
	if len(sealed) < sealedKeySize || d.opening == nil {
		return nil, ErrOpen
	}
	key, err := d.forOpening(sealed[:sealedKeySize])
	if err != nil {
		return nil, err
	}
	return key.Decrypt(sealed[sealedKeySize:], associatedData)
}

func (d *dataKeys) forOpening(sealed []byte) (tink.AEAD, error) {
	d.mu.Lock()
	known := d.opened.get(string(sealed))
	d.mu.Unlock()
	if known != nil {
		return known, nil
	}
	key, err := d.opening.Decrypt(sealed, dataKeyInfo)
	if err != nil {
		return nil, err
	}
	cipher, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened.add(string(sealed), cipher)
	return cipher, nil
}

// recent keeps the data keys that were used last, by what they are sealed as: when the younger half is full it becomes the older one, and what
// was in that and not used since goes.
type recent struct {
	most           int
	younger, older map[string]tink.AEAD
}

func (r *recent) get(sealed string) tink.AEAD {
	if key := r.younger[sealed]; key != nil {
		return key
	}
	key := r.older[sealed]
	if key != nil {
		r.add(sealed, key)
	}
	return key
}

func (r *recent) add(sealed string, key tink.AEAD) {
	if len(r.younger) >= r.most/2 || r.younger == nil {
		r.younger, r.older = map[string]tink.AEAD{}, r.younger
	}
	r.younger[sealed] = key
}
