package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

var (
	firstKey  = store.SSHKey{Type: "ssh-ed25519", Key: "AAAAC3NzaC1lZDI1NTE5AAAAIB", Comment: "alice@laptop"}
	secondKey = store.SSHKey{Type: "ssh-ed25519", Key: "AAAAC3NzaC1lZDI1NTE5AAAAIC", Comment: "alice@desktop"}
)

var heldSSHKeys = []promise{
	{"Holder/an SSH key is added, listed, replaced and removed", func(s *scene) {
		id := s.put(account("alice")).ID
		h := s.Store.Holder(id)
		made, err := h.PutSSHKey(s.ctx, firstKey)
		s.must(err)
		s.sshKeysAre(id, "alice@laptop")
		replaced := secondKey
		replaced.ID = made.ID
		again, err := h.PutSSHKey(s.ctx, replaced)
		s.must(err)
		if again.ID != made.ID || !strings.HasPrefix(made.ID, "key-") || made.Created.IsZero() {
			s.Errorf("made %+v, replaced %+v", made, again)
		}
		s.sshKeysAre(id, "alice@desktop")
		for range 2 { // that it is gone already is no error
			s.must(h.DeleteSSHKey(s.ctx, made.ID))
		}
		s.sshKeysAre(id)
	}},
	{"Holder/an account has an SSH key once, and a bounded number of them", func(s *scene) {
		h := s.Store.Holder(s.put(account("alice")).ID)
		for n := range store.SSHKeysOfAccount {
			_, err := h.PutSSHKey(s.ctx, store.SSHKey{Type: "ssh-ed25519", Key: fmt.Sprintf("AAAA%d", n)})
			s.must(err)
		}
		for _, want := range []store.SSHKey{{Type: "ssh-ed25519", Key: "AAAA7", Comment: "another"}, firstKey, {Key: strings.Repeat("A", 5000)}} {
			if _, err := h.PutSSHKey(s.ctx, want); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("%s: got %v", want.Comment, err)
			}
		}
	}},
	{"Holder/an SSH key of an object is listed with it, and refused", func(s *scene) {
		id, owner := s.put(account("alice")).ID, claim(store.KindSSHKey, "laptop", "uid-k-laptop")
		put, err := s.fenced.SSHKeys().Put(s.ctx, owner, account("alice"), firstKey, mark("r"))
		s.must(err)
		h := s.Store.Holder(id)
		if all, err := h.SSHKeys(s.ctx); err != nil || len(all) != 1 || all[0].Owner != owner {
			s.Errorf("got %+v, %v", all, err)
		}
		hers := secondKey
		hers.ID = put.ID
		for _, err := range []error{second(h.PutSSHKey(s.ctx, hers)), h.DeleteSSHKey(s.ctx, put.ID)} {
			s.isManaged(err, "SSH key "+put.ID, owner)
		}
		s.sshKeysAre(id, "alice@laptop")
	}},
	{"Holder/an SSH key of another account is not found, and stays as it is", func(s *scene) {
		alice, bob := s.put(account("alice")).ID, s.put(account("bob")).ID
		made, err := s.Store.Holder(alice).PutSSHKey(s.ctx, firstKey)
		s.must(err)
		h, other := s.Store.Holder(bob), secondKey
		other.ID = made.ID
		s.isGone(second(h.PutSSHKey(s.ctx, other)))
		s.must(h.DeleteSSHKey(s.ctx, made.ID)) // bob has none of the ID
		s.sshKeysAre(alice, "alice@laptop")
		s.sshKeysAre(bob)
	}},
	{"Holder/no SSH key is read, or added, of an account that is gone", func(s *scene) {
		h := s.Store.Holder(s.deleted("alice").ID)
		s.isGone(second(h.SSHKeys(s.ctx)))
		s.isGone(second(h.PutSSHKey(s.ctx, firstKey)))
	}},
}

func (s *scene) sshKeysAre(account string, comments ...string) {
	s.Helper()
	all, err := s.Store.Holder(account).SSHKeys(s.ctx)
	s.must(err)
	var got []string
	for _, k := range all {
		got = append(got, k.Comment)
	}
	if !slices.Equal(got, comments) {
		s.Errorf("the keys are %v, wanted %v", got, comments)
	}
}
