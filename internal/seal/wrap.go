package seal

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// wrappedFor is the associated data of a keyset that is wrapped: the key of the KMS opens it as a keyset of ours and as nothing else.
var wrappedFor = []byte("account-operator/keyset")

// What is said where a keyset and the way to open it do not belong together.
var (
	ErrWrapped   = errors.New("the keyset is wrapped by a key management service, and none is named")
	ErrUnwrapped = errors.New("the keyset is in clear text, though a key management service is named that is to open it")
)

// Wrapped reports whether a keyset is wrapped by a KMS.
func Wrapped(content []byte) bool {
	sealed, err := keyset.NewJSONReader(bytes.NewReader(content)).ReadEncrypted()
	return err == nil && len(sealed.GetEncryptedKeyset()) > 0
}

// Wrap encrypts a keyset in clear text by a key of a KMS, in Tink's own form. It opens what came of it before it returns that: a KMS that encrypts need
// not let its caller decrypt.
func Wrap(plain []byte, key tink.AEAD) ([]byte, error) {
	handle, err := parse(plain)
	if err != nil {
		return nil, err
	}
	asked := &remembering{AEAD: key}
	wrapped, err := written(func(w keyset.Writer) error { return handle.WriteWithAssociatedData(w, asked, wrappedFor) })
	switch {
	case asked.err != nil:
		return nil, fmt.Errorf("wrapping the keyset: %w", asked.err)
	case err != nil:
		return nil, err
	}
	opened, err := Unwrap(wrapped, key)
	if err != nil {
		return nil, fmt.Errorf("what was wrapped does not open again: %w", err)
	}
	if same, err := inClear(handle); err != nil || !bytes.Equal(same, opened) {
		return nil, errors.New("what was wrapped opens as another keyset")
	}
	return wrapped, nil
}

// Unwrap returns a wrapped keyset in clear text.
func Unwrap(wrapped []byte, key tink.AEAD) ([]byte, error) {
	asked := &remembering{AEAD: key}
	handle, err := parseBy(wrapped, func(r keyset.Reader) (*keyset.Handle, error) {
		return keyset.ReadWithAssociatedData(r, asked, wrappedFor)
	})
	switch {
	case asked.err != nil:
		return nil, fmt.Errorf("unwrapping the keyset: %w", asked.err)
	case err != nil:
		return nil, err
	}
	return inClear(handle)
}

// Clear returns a keyset in clear text: as it is, or unwrapped by the key of a KMS, if there is one.
func Clear(content []byte, key tink.AEAD) ([]byte, error) {
	switch wrapped := Wrapped(content); {
	case wrapped && key == nil:
		return nil, ErrWrapped
	case wrapped:
		return Unwrap(content, key)
	case key != nil && len(bytes.TrimSpace(content)) > 0:
		return nil, ErrUnwrapped
	}
	return content, nil
}

func inClear(handle *keyset.Handle) ([]byte, error) {
	return written(func(w keyset.Writer) error { return insecurecleartextkeyset.Write(handle, w) })
}

// remembering keeps what the KMS said, of which the library passes on the text only.
type remembering struct {
	tink.AEAD

	err error
}

func (r *remembering) Encrypt(plaintext, associatedData []byte) (ciphertext []byte, err error) {
	ciphertext, r.err = r.AEAD.Encrypt(plaintext, associatedData)
	return ciphertext, r.err
}

func (r *remembering) Decrypt(ciphertext, associatedData []byte) (plaintext []byte, err error) {
	plaintext, r.err = r.AEAD.Decrypt(ciphertext, associatedData)
	return plaintext, r.err
}
