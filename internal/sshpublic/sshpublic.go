// Package sshpublic reads public SSH keys, as objects and account holders give them.
package sshpublic

import (
	"encoding/base64"
	"errors"
	"regexp"

	"golang.org/x/crypto/ssh"
)

// Key is a public key.
type Key struct {
	Type    string // such as "ssh-ed25519"
	Base64  string
	Comment string // as it was written; it may hold anything
}

// What Parse refuses. Neither repeats anything of the text: that may be a private key.
var (
	ErrPrivate = errors.New("it is a private key")
	ErrNone    = errors.New("it is no SSH key")
)

// privateKey is what OpenSSH, OpenSSL and PuTTY write into the file of a private key.
var privateKey = regexp.MustCompile(`PRIVATE KEY|Private-Lines`)

// Parse reads a public key as the line of a .pub file has it.
func Parse(line string) (Key, error) {
	if privateKey.MatchString(line) {
		return Key{}, ErrPrivate
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(options) > 0 || len(rest) > 0 {
		return Key{}, ErrNone
	}
	return Key{Type: key.Type(), Base64: base64.StdEncoding.EncodeToString(key.Marshal()), Comment: comment}, nil
}
