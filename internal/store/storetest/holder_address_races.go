package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/long"
)

var addressRaces = []promise{
	{"HolderAddress/the holder changes the address as the spec takes it: one is accepted, and stays", func(s *scene) {
		h := s.mover("alice")
		first := 0
		for n := range long.Choose(40, 1000) {
			if s.contendForAddress(h, n) {
				first++
			}
		}
		s.Logf("the holder came first %d times", first)
	}},
}

// contendForAddress has the holder use a link as the object overwrites the address that it saw before.
func (s *scene) contendForAddress(h store.Holder, n int) (holderFirst bool) {
	s.Helper()
	hers, theirs := fmt.Sprintf("holder%d@example.com", n), fmt.Sprintf("object%d@example.com", n)
	saw := s.putHolders("alice", email("alice")).Email
	s.laterThan(mailSpan)
	s.foreign(`DELETE FROM mails`)
	s.must(h.AskForAddress(s.ctx, hers))
	token := s.pick(store.MailProveAddress, hers).Token

	var proved, put error
	var group sync.WaitGroup
	both := []func(){
		func() { proved = s.insist(func() error { return h.ProveAddress(s.ctx, token) }) },
		func() {
			want := store.AccountSpec{Email: theirs, Replaces: saw}
			put = s.insist(func() error { return second(s.fenced.PutAccount(s.ctx, account("alice"), want, mark("r"))) })
		},
	}
	group.Go(both[n%2]) // which of the two begins first alternates
	group.Go(both[1-n%2])
	group.Wait()

	got := s.account("alice").Email
	switch {
	case proved == nil && errors.As(put, new(*store.AddressKeptError)) && got == hers:
		return true
	case put == nil && errors.Is(proved, store.ErrNotFound) && got == theirs: // its link went with the address of before
		return false
	}
	s.Fatalf("round %d: the holder: %v; the object: %v; the account has %s", n, proved, put, got)
	return false
}
