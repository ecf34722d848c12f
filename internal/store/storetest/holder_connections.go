package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

var heldConnections = []promise{
	{"Holder/a connection is made, listed without its credentials, replaced and removed", func(s *scene) {
		id := s.put(account("alice")).ID
		h := s.Store.Holder(id)
		made, err := h.PutConnection(s.ctx, s3)
		s.must(err)
		shown := s3
		shown.ID, shown.Credentials = made, nil
		s.connectionsAre(id, store.HeldConnection{Connection: shown})

		other := store.Connection{
			ID: made, DisplayName: "folder", Type: "Dropbox", Credentials: map[string]store.Secret{"refreshToken": store.NewSecret([]byte("canary-key"))},
		}
		again, err := h.PutConnection(s.ctx, other)
		s.must(err)
		other.Credentials = nil
		s.connectionsAre(id, store.HeldConnection{Connection: other})
		if again != made {
			s.Errorf("it became %s", again)
		}
		for range 2 { // that it is gone already is no error
			s.must(h.DeleteConnection(s.ctx, made))
		}
		s.connectionsAre(id)
	}},
	{"Holder/a renamed connection keeps its credentials", func(s *scene) {
		h := s.Store.Holder(s.put(account("alice")).ID)
		made, err := h.PutConnection(s.ctx, s3)
		s.must(err)
		s.must(h.RenameConnection(s.ctx, made, "another name"))
		// An object takes it over as what it retained, and so sees what is in it.
		s.foreign(`UPDATE connections SET cluster = 'cluster-1', namespace = 'team', namespace_uid = 'ns-1', name = 'data', uid = 'uid-c-data'`)
		got, err := s.fenced.Connections().Get(s.ctx, connection("data"))
		s.must(err)
		want := s3
		want.ID, want.DisplayName = made, "another name"
		if diff := cmp.Diff(want, got, secrets); diff != "" {
			s.Error(diff)
		}
	}},
	{"Holder/a connection of an object is listed with it, and refused", func(s *scene) {
		id := s.put(account("alice")).ID
		put, err := s.fenced.Connections().Put(s.ctx, connection("data"), account("alice"), s3, mark("r"))
		s.must(err)
		put.Credentials = nil
		shown := store.HeldConnection{Connection: put, Owner: connection("data")}
		s.connectionsAre(id, shown)
		h := s.Store.Holder(id)
		_, err = h.PutConnection(s.ctx, put)
		for _, err := range []error{err, h.RenameConnection(s.ctx, put.ID, "hers"), h.DeleteConnection(s.ctx, put.ID)} {
			s.isManaged(err, "connection "+put.ID, connection("data"))
		}
		s.connectionsAre(id, shown)

		s.must(s.fenced.Connections().Delete(s.ctx, connection("data"), true)) // given up, it is the holder's
		s.must(h.RenameConnection(s.ctx, put.ID, "hers"))
	}},
	{"Holder/a connection of another account is not found, and stays as it is", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		made, err := s.Store.Holder(alice).PutConnection(s.ctx, s3)
		s.must(err)
		h, other := s.Store.Holder(bob), store.Connection{ID: made, Type: "Dropbox"}
		for what, err := range map[string]error{
			"replaced": second(h.PutConnection(s.ctx, other)), "renamed": h.RenameConnection(s.ctx, made, "x"),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				s.Errorf("%s: got %v", what, err)
			}
		}
		s.must(h.DeleteConnection(s.ctx, made)) // bob has none of the ID
		shown := s3
		shown.ID, shown.Credentials = made, nil
		s.connectionsAre(alice, store.HeldConnection{Connection: shown})
	}},
	{"Holder/connections have an end", func(s *scene) {
		h := s.Store.Holder(s.put(account("alice")).ID)
		for range 100 {
			_, err := h.PutConnection(s.ctx, store.Connection{Type: "Dropbox"})
			s.must(err)
		}
		if _, err := h.PutConnection(s.ctx, store.Connection{Type: "Dropbox"}); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
		if _, err := h.PutConnection(s.ctx, store.Connection{Type: string(make([]byte, 5000))}); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
	}},
}

// secrets are compared by what is in them.
var secrets = cmp.Comparer(func(a, b store.Secret) bool { return a.Equal(b) })

func (s *scene) connectionsAre(id string, want ...store.HeldConnection) {
	s.Helper()
	got, err := s.Store.Holder(id).Connections(s.ctx)
	s.must(err)
	if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); diff != "" {
		s.Error(diff)
	}
}
