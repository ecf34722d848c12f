package accountapi

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/legible"
	"github.com/account-operator/account-operator/internal/sshpublic"
	"github.com/account-operator/account-operator/internal/store"
)

func (s *service) sshKeyRoutes() []route {
	const path = "/api/v0/ssh"
	const attached = "The service that runs instances puts keys into them; the account store has those of the account."
	return []route{
		{
			method: http.MethodPost, path: path, right: store.KeyUserWrite, use: writes, command: "create ssh-key",
			does: "adds a public key, once", answer: s.createSSHKey,
		},
		{
			method: http.MethodGet, path: path, right: store.KeyUserRead, use: reads, command: "show ssh-keys",
			does: "the public keys, also those that an object manages", answer: s.listSSHKeys,
		},
		{
			method: http.MethodPut, path: path + "/{id}", right: store.KeyUserWrite, use: writes, command: "update ssh-key",
			does: "puts another key in the place of one", answer: s.updateSSHKey,
		},
		{
			method: http.MethodDelete, path: path + "/{id}", right: store.KeyUserWrite, use: writes, command: "delete ssh-key",
			does: "removes a key. Instances that have it are not changed by that", answer: s.deleteSSHKey,
		},
		{method: http.MethodGet, path: "/api/v0/instances/{id}/ssh", right: store.KeyInstanceRead, use: reads, cannot: attached},
		{
			method: http.MethodPost, path: "/api/v0/instances/{id}/ssh", right: store.KeyInstanceWrite, use: writes, command: "attach ssh",
			cannot: attached,
		},
		{
			method: http.MethodDelete, path: "/api/v0/instances/{id}/ssh/{key}", right: store.KeyInstanceWrite, use: writes, command: "detach ssh",
			cannot: attached,
		},
	}
}

var noSuchSSHKey = newProblem(http.StatusBadRequest, "no_ssh_key", "The account has no SSH key of this ID.")

// sshKeyIn is the key of a body. No answer repeats a text that is none: it may be a private key.
func (q *request) sshKeyIn() (store.SSHKey, error) {
	var given struct {
		Key text `json:"ssh_key"`
	}
	if err := q.read(&given); err != nil {
		return store.SSHKey{}, err
	}
	key, err := sshpublic.Parse(strings.TrimSpace(strings.ReplaceAll(string(given.Key), "\x00", "")))
	switch {
	case errors.Is(err, sshpublic.ErrPrivate):
		return store.SSHKey{}, newProblem(http.StatusBadRequest, "no_ssh_key",
			"This is a private key. Send the public one, and make another pair: this one is not secret any more. Nothing was stored.")
	case err != nil || key.Comment != "" && !legible.IsLine(key.Comment):
		return store.SSHKey{}, newProblem(http.StatusBadRequest, "no_ssh_key",
			"ssh_key takes one public key, as the line of its .pub file has it, not the path of the file. Nothing was stored.")
	}
	return store.SSHKey{Type: key.Type, Key: key.Base64, Comment: key.Comment}, nil
}

// sshKeyShown has both names that the client reads the key by.
func (q *request) sshKeyShown(k store.HeldSSHKey) map[string]any {
	line := strings.TrimSpace(k.Type + " " + k.Key + " " + k.Comment)
	return map[string]any{
		"id": numberOf(k.ID), "user_id": numberOf(q.in.AccountID), "key": line, "public_key": line,
		"created_at": k.Created.UTC().Format(time.RFC3339), "deleted_at": nil, "managed": !k.Owner.IsZero(),
	}
}

func (s *service) listSSHKeys(q *request) (any, error) {
	all, err := q.holder.SSHKeys(q.Context())
	if err != nil {
		return nil, err
	}
	shown := make([]map[string]any, len(all))
	for n, k := range all {
		shown[n] = q.sshKeyShown(k)
	}
	return shown, nil
}

func (q *request) putSSHKey(id string) (any, error) {
	want, err := q.sshKeyIn()
	if err != nil {
		return nil, err
	}
	want.ID = id
	put, err := q.holder.PutSSHKey(q.Context(), want)
	if errors.Is(err, store.ErrNotFound) && id != "" {
		return nil, noSuchSSHKey // it was deleted meanwhile
	}
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "key": q.sshKeyShown(put)}, nil
}

func (s *service) createSSHKey(q *request) (any, error) { return q.putSSHKey("") }

func (s *service) updateSSHKey(q *request) (any, error) {
	id, err := q.sshKeyID()
	if err != nil {
		return nil, err
	}
	return q.putSSHKey(id)
}

func (s *service) deleteSSHKey(q *request) (any, error) {
	id, err := q.sshKeyID()
	if err != nil {
		return nil, err
	}
	if err := q.holder.DeleteSSHKey(q.Context(), id); err != nil {
		return nil, err
	}
	return map[string]any{"success": true}, nil
}

// sshKeyID is the key of the number in the path.
func (q *request) sshKeyID() (string, error) {
	id, err := q.id()
	if err != nil {
		return "", err
	}
	all, err := q.holder.SSHKeys(q.Context())
	if err != nil {
		return "", err
	}
	for _, k := range all {
		if numberOf(k.ID) == id {
			return k.ID, nil
		}
	}
	return "", noSuchSSHKey
}
