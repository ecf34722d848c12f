package reader

import (
	"slices"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// principal is who asks, and what for.
type principal struct {
	name     string // in the audit, and what limits count by
	rights   []string
	accounts map[int64]bool
	all      bool
	expires  time.Time // zero: with the connection
	token    bool      // for one account
}

func (p *principal) may(right string) bool { return slices.Contains(p.rights, right) }

func (p *principal) reads(account int64) bool { return p.all || p.accounts[account] }

func newPrincipal(name string, rights []string, accounts []int64, all bool) *principal {
	p := &principal{name: name, rights: rights, all: all, accounts: map[int64]bool{}}
	for _, account := range accounts {
		p.accounts[account] = true
	}
	return p
}

func ofKey(k store.ReaderKey) *principal {
	p := newPrincipal("key:"+k.Name+"/"+k.ID, k.Rights, k.Accounts, k.AllAccounts)
	p.expires = k.Expires
	return p
}

func ofToken(t store.ReaderToken) *principal {
	p := newPrincipal("token of "+t.By, t.Rights, []int64{t.Account}, false)
	p.expires, p.token = t.Expires, true
	return p
}
