// Package sshkey is the kind SSHKey: a row with a public key.
package sshkey

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"

	"golang.org/x/crypto/ssh"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/drift"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
)

// Kind implements lifecycle.Spec.
type Kind struct{}

// privateKey is what OpenSSH, OpenSSL and PuTTY write into the file of a private key.
var privateKey = regexp.MustCompile(`PRIVATE KEY|Private-Lines`)

// Desired is the key of a line as a .pub file has it. What is said of another text repeats nothing of it: that may be a private key.
func (Kind) Desired(s *v1alpha1.SSHKey) (store.SSHKey, error) {
	if privateKey.MatchString(s.Spec.PublicKey) {
		return store.SSHKey{}, outcome.StalledBy(v1alpha1.ReasonInvalid,
			"spec.publicKey is a private key: write the public one, and make another pair, since this one is not secret any more")
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(s.Spec.PublicKey))
	if err != nil || len(options) > 0 || len(rest) > 0 {
		return store.SSHKey{}, outcome.StalledBy(v1alpha1.ReasonInvalid,
			"spec.publicKey is no key: its base64 is not one of the type before it; copy the whole line of the .pub file once more")
	}
	return store.SSHKey{Type: key.Type(), Key: base64.StdEncoding.EncodeToString(key.Marshal()), Comment: comment}, nil
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
