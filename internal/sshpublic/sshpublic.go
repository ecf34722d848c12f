// Package sshpublic reads public SSH keys, as objects and account holders give them.
package sshpublic

import (
	"encoding/base64"
	"errors"
	"regexp"

	"golang.org/x/crypto/ssh"

	"github.com/account-operator/account-operator/internal/store"
)

// What Parse refuses. Neither repeats anything of the text: that may be a private key.
var (
	ErrPrivate = errors.New("it is a private key")
	ErrNone    = errors.New("it is no SSH key")
)

// privateKey is what OpenSSH, OpenSSL and PuTTY write into the file of a private key.
var privateKey = regexp.MustCompile(`PRIVATE KEY|Private-Lines`)

// Parse reads a public key as the line of a .pub file has it.
func Parse(line string) (store.SSHKey, error) {
	if privateKey.MatchString(line) {
		return store.SSHKey{}, ErrPrivate
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(options) > 0 || len(rest) > 0 {
		return store.SSHKey{}, ErrNone
	}
	return store.SSHKey{Type: key.Type(), Key: base64.StdEncoding.EncodeToString(key.Marshal()), Comment: comment}, nil
}
