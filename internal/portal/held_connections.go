package portal

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// connectionList is what the page of connections shows: never a credential.
type connectionList struct {
	All       []store.HeldConnection
	Providers []provider
}

// Provider is what the page calls the type of a connection.
func (connectionList) Provider(c store.HeldConnection) string {
	if p, known := providerOf(c.Type); known {
		return p.Name
	}
	return c.Type
}

func (h held) listConnections(r *http.Request, in member) (page, error) { return h.connections(r, in) }

func (h held) connections(r *http.Request, in member, problems ...problem) (page, error) {
	all, err := h.store.Holder(in.AccountID).Connections(r.Context())
	if err != nil {
		return goneMember(err)
	}
	return below("connections", "Cloud connections", connectionList{all, providers}, problems...), nil
}

func belowConnections(name string, title, data any, problems ...problem) page {
	shown := below(name, title, data, problems...)
	shown.Back, shown.BackTitle = connectionsPath, "Cloud connections"
	return shown
}

// connected leads back to the list.
func (h held) connected(err error) (page, error) {
	if err != nil {
		return goneMember(err)
	}
	return redirect(connectionsPath), nil
}

// owned takes the step for a connection of the member's own, which the request names. Of another there is only the list.
func (h held) owned(take func(store.Connection) page) memberStep {
	return func(r *http.Request, in member) (page, error) {
		all, err := h.store.Holder(in.AccountID).Connections(r.Context())
		if err != nil {
			return goneMember(err)
		}
		id := r.URL.Query().Get("id")
		n := slices.IndexFunc(all, func(c store.HeldConnection) bool { return c.ID == id && c.Owner.IsZero() })
		if n < 0 {
			return redirect(connectionsPath), nil
		}
		return take(all[n].Connection), nil
	}
}

func askForName(c store.Connection) page { return renaming(c.ID, c.DisplayName) }

// renamed is what the form for another name shows.
type renamed struct {
	ID   string
	Name field
}

func renaming(id, name string, problems ...problem) page {
	shown := renamed{id, nameField}
	shown.Name.Value, shown.Name.Problem = name, formOf(problems).On(nameField.Name)
	return belowConnections("rename-connection", "Rename a connection", shown, problems...)
}

func (h held) rename(r *http.Request, in member) (page, error) {
	id, name := r.PostForm.Get("id"), strings.TrimSpace(r.PostForm.Get(nameField.Name))
	wrong := nameField.wrong(name)
	if name == "" {
		wrong = "Write a name, by which you know it again."
	}
	if wrong != nil {
		return renaming(id, name, problem{nameField.Name, wrong}), nil
	}
	err := h.store.Holder(in.AccountID).RenameConnection(r.Context(), id, name)
	return h.changed(r, in, err)
}

func (h held) disconnect(r *http.Request, in member) (page, error) {
	return h.changed(r, in, h.store.Holder(in.AccountID).DeleteConnection(r.Context(), r.PostForm.Get("id")))
}

// changed leads back to the list, which says so where an object has the connection by now. One that is gone is no mistake of the member's.
func (h held) changed(r *http.Request, in member, err error) (page, error) {
	if refused, is := managedProblem(err, "list"); is {
		return h.connections(r, in, refused)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return h.connected(err)
}
