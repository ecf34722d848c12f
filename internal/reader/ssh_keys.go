package reader

import (
	"context"
	"net/http"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/account-operator/account-operator/internal/store"
)

// SSHKey is one in an answer. Unreadable is one that another program wrote and that is none: no line of it may be taken for a key.
type SSHKey struct {
	ID         string `json:"id"`
	Type       string `json:"type,omitempty"`
	PublicKey  string `json:"publicKey,omitempty"`
	Comment    string `json:"comment,omitempty"`
	Unreadable bool   `json:"unreadable,omitempty"`
}

// SSHKeys is the answer with all of an account's public keys.
type SSHKeys struct {
	Account string   `json:"account"`
	SSHKeys []SSHKey `json:"sshKeys"`
}

func (r *Reader) sshKeys(w http.ResponseWriter, req *http.Request, who *principal) *problem {
	return r.give(w, req, who, "ssh-keys", func(ctx context.Context, account string) (any, string, *problem) {
		all, revision, err := r.values.SSHKeysAt(ctx, account)
		if err != nil {
			return nil, "", problemOf(err)
		}
		answer := SSHKeys{Account: account, SSHKeys: make([]SSHKey, len(all))}
		for n, k := range all {
			answer.SSHKeys[n] = sshKey(k)
		}
		return answer, revision, nil
	})
}

// sshKey holds a line of the table to what a line of an authorized_keys file takes for a key and nothing else.
func sshKey(k store.SSHKey) SSHKey {
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(k.Type + " " + k.Key))
	if err != nil || len(options) > 0 || len(rest) > 0 || key.Type() != k.Type {
		return SSHKey{ID: k.ID, Unreadable: true}
	}
	return SSHKey{ID: k.ID, Type: k.Type, PublicKey: strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(key)), "\n"), Comment: k.Comment}
}
