package accounts

import (
	"context"
	"net/url"
)

// SSHKey is a public key of an account.
type SSHKey struct {
	ID   string
	Type string // such as "ssh-ed25519"
	// PublicKey is a line for a file of authorized keys, without a comment.
	PublicKey string
	Comment   string // as it was written; it may hold anything
}

// SSHKeys returns the public keys of an account, sorted by ID, as Env does.
func (c *Client) SSHKeys(ctx context.Context, accountID string) ([]SSHKey, error) {
	var answer struct {
		SSHKeys []struct {
			ID, Type, PublicKey, Comment string
			Unreadable                   bool
		}
	}
	if err := c.read(ctx, "/v1/accounts/"+url.PathEscape(accountID)+"/ssh-keys", &answer); err != nil {
		return nil, err
	}
	all, closed := []SSHKey{}, []string(nil)
	for _, each := range answer.SSHKeys {
		if each.Unreadable {
			closed = append(closed, each.ID)
			continue
		}
		all = append(all, SSHKey{ID: each.ID, Type: each.Type, PublicKey: each.PublicKey, Comment: each.Comment})
	}
	return all, (&UnreadableError{AccountID: accountID, Names: closed}).Any()
}
