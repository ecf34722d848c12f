package seal

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/hybrid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// NewKeyset makes a keyset with one key pair, as JSON in clear text: whoever reads it opens every value. Keep it in a file of
// mode 0600 or in a Secret.
func NewKeyset() ([]byte, error) {
	return withNewPrimary(keyset.NewManager())
}

// Rotate returns the keyset with a new key pair as its primary key. The old keys stay, so that what they sealed still opens.
func Rotate(old []byte) ([]byte, error) {
	handle, err := parse(old)
	if err != nil {
		return nil, err
	}
	return withNewPrimary(keyset.NewManagerFromHandle(handle))
}

// Public returns the public halves of a keyset's key pairs, for who seals and shall open nothing.
func Public(private []byte) ([]byte, error) {
	handle, err := parse(private)
	if err != nil {
		return nil, err
	}
	pairs := only(handle, isPair)
	if primary, err := handle.Primary(); err != nil || !isPair(primary) || pairs == nil {
		return nil, errors.New("the keyset's newest key has no public half; `manager keys rotate` adds one that has")
	}
	public, err := pairs.Public()
	if err != nil {
		return nil, errKeys
	}
	return written(public.WriteWithNoSecrets)
}

func withNewPrimary(manager *keyset.Manager) ([]byte, error) {
	id, err := manager.Add(hybrid.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM_Key_Template())
	if err != nil {
		return nil, errors.New("making a key failed")
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, errors.New("making the new key the primary one failed")
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, errors.New("the keyset could not be put together")
	}
	return inClear(handle)
}

func written(write func(keyset.Writer) error) ([]byte, error) {
	var out bytes.Buffer
	if err := write(keyset.NewJSONWriter(&out)); err != nil {
		return nil, errors.New("writing the keyset failed")
	}
	return append(out.Bytes(), '\n'), nil
}

// parse never passes on what the library says about a malformed keyset: the text may quote it.
func parse(content []byte) (*keyset.Handle, error) {
	if Wrapped(content) {
		return nil, ErrWrapped
	}
	return parseBy(content, func(r keyset.Reader) (*keyset.Handle, error) { return insecurecleartextkeyset.Read(r) })
}

func parsePublic(content []byte) (*keyset.Handle, error) {
	handle, err := parseBy(content, keyset.ReadWithNoSecrets)
	if err == nil {
		return handle, nil
	}
	if _, whole := parse(content); whole == nil {
		return nil, errPrivate
	}
	return nil, err
}

func parseBy(content []byte, read func(keyset.Reader) (*keyset.Handle, error)) (*keyset.Handle, error) {
	content = bytes.TrimSpace(content)
	if len(content) == 0 {
		return nil, errors.New("the keyset is empty; make one with `manager keys init`")
	}
	handle, err := read(keyset.NewJSONReader(bytes.NewReader(content)))
	if err != nil {
		return nil, fmt.Errorf("the keyset of %d bytes is malformed; make one with `manager keys init`", len(content))
	}
	return handle, nil
}
