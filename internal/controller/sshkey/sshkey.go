// Package sshkey is the kind SSHKey: a row with a public key.
package sshkey

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/sshpublic"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind implements lifecycle.Spec.
type Kind struct{}

// Desired is the key of a line as a .pub file has it. What is said of another text repeats nothing of it: that may be a private key.
func (Kind) Desired(s *v1alpha1.SSHKey) (store.SSHKey, error) {
	key, err := sshpublic.Parse(s.Spec.PublicKey)
	switch {
	case errors.Is(err, sshpublic.ErrPrivate):
		return store.SSHKey{}, outcome.StalledBy(v1alpha1.ReasonInvalid,
			"spec.publicKey is a private key: write the public one, and make another pair, since this one is not secret any more")
	case err != nil:
		return store.SSHKey{}, outcome.StalledBy(v1alpha1.ReasonInvalid,
			"spec.publicKey is no key: its base64 is not one of the type before it; copy the whole line of the .pub file once more")
	}
	return store.SSHKey{Type: key.Type, Key: key.Base64, Comment: key.Comment}, nil
}

// Compare takes type, key and comment for one leaf.
func (Kind) Compare(d *drift.Drift, want, have *store.SSHKey) error {
	theirs := *have
	theirs.ID = want.ID
	return drift.Spare(d, "publicKey", want, theirs)
}

// Report shows the key as the store has it, which is no base64 where another client wrote something else.
func (Kind) Report(s *v1alpha1.SSHKey, have *store.SSHKey) {
	s.Status.KeyID, s.Status.Type, s.Status.Fingerprint = have.ID, have.Type, ""
	if blob, err := base64.StdEncoding.DecodeString(have.Key); err == nil {
		sum := sha256.Sum256(blob)
		s.Status.Fingerprint = "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
	}
}
