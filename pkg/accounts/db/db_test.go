package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/pkg/accounts/internal/fixture"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // another program's driver
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/pkg/accounts"
	"github.com/account-operator/account-operator/pkg/accounts/db"
)

// site is a store with alice's account, as a manager keeps it.
type site struct {
	testing.TB

	address, keyset string
	store           *sqlstore.Store
	fenced          store.FencedStore
	foreign         *sql.DB
}

func each(t *testing.T, run func(s *site)) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "accounts.db")
		run(newSite(t, "sqlite://"+path, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"))
	})
	t.Run("postgres", func(t *testing.T) {
		address := server.NewDatabase(t)
		run(newSite(t, address, "pgx", address))
	})
}

func newSite(t *testing.T, address, driver, source string) *site {
	t.Helper()
	s := &site{TB: t, address: address, keyset: filepath.Join(t.TempDir(), "keyset.json")}
	keyset, err := seal.NewKeyset()
	s.must(err)
	s.must(os.WriteFile(s.keyset, keyset, 0o600))
	s.manage()
	s.must(fixture.Fill(t.Context(), s.fenced))
	s.foreign, err = sql.Open(driver, source)
	s.must(err)
	t.Cleanup(func() { _ = s.foreign.Close() })
	return s
}

// manage starts the manager with the keyset as it is, in the place of the one before it.
func (s *site) manage() {
	s.Helper()
	if s.store != nil {
		s.must(s.store.Close())
	}
	sealer, err := seal.LoadFile(s.keyset)
	s.must(err)
	s.store, err = sqlstore.Open(s.Context(), s.address, sqlstore.Options{Sealer: sealer, MigrateOnOpen: true})
	s.must(err)
	s.Cleanup(func() { _ = s.store.Close() })
	s.fenced, err = s.store.Lead(s.Context(), "cluster", "lease")
	s.must(err)
}

func (s *site) open() *db.DB {
	s.Helper()
	opened, err := db.Open(s.Context(), db.Options{Database: s.address, KeysetFile: s.keyset})
	s.must(err)
	s.Cleanup(func() { _ = opened.Close() })
	return opened
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// env are alice's variables as text.
func (s *site) env(opened *db.DB) (values map[string]string, err error) {
	vars, err := opened.Env(s.Context(), "1")
	values = map[string]string{}
	for _, v := range vars {
		values[v.Name] = string(v.Value.Reveal())
	}
	return values, err
}

func TestDB_BesideAManager_ReadsWhatItWrites(t *testing.T) {
	each(t, func(s *site) {
		opened := s.open()
		s.must(fixture.Set(s.Context(), s.fenced, map[string]string{"HF_TOKEN": "hf_rotated", "NEW": "1"}))
		got, err := s.env(opened)
		s.must(err)
		if diff := cmp.Diff(map[string]string{"HF_TOKEN": "hf_rotated", "NEW": "1", "WANDB_MODE": "offline"}, got); diff != "" {
			s.Error(diff)
		}
	})
}

// Given a program that reads, when the keyset is rotated and its file replaced, then it reads what the new key sealed without being started again.
func TestDB_KeysetIsRotated_ReadsOn(t *testing.T) {
	each(t, func(s *site) {
		opened := s.open()
		old, err := os.ReadFile(s.keyset)
		s.must(err)
		rotated, err := seal.Rotate(old)
		s.must(err)
		s.must(os.WriteFile(s.keyset, rotated, 0o600))
		s.manage()
		s.must(fixture.Set(s.Context(), s.fenced, map[string]string{"HF_TOKEN": "hf_rotated"}))
		got, err := s.env(opened)
		s.must(err)
		if diff := cmp.Diff(map[string]string{"HF_TOKEN": "hf_rotated", "WANDB_MODE": "offline"}, got); diff != "" {
			s.Error(diff)
		}
	})
}

// Given values that another program altered, when they are read, then the error names them and shows none, and the others are there.
func TestDB_AlteredValues_AreNamed(t *testing.T) {
	each(t, func(s *site) {
		for _, text := range []string{`UPDATE env_vars SET version = version + 1 WHERE name = 'HF_TOKEN'`, `UPDATE connections SET version = version + 1`} {
			_, err := s.foreign.ExecContext(s.Context(), text)
			s.must(err)
		}
		opened := s.open()
		got, err := s.env(opened)
		unreadable := (*accounts.UnreadableError)(nil)
		if !errors.As(err, &unreadable) || err.Error() != "of account 1 these do not open: HF_TOKEN" {
			s.Errorf("got %v", err)
		}
		if diff := cmp.Diff(map[string]string{"WANDB_MODE": "offline"}, got); diff != "" {
			s.Error(diff)
		}
		if all, err := opened.Connections(s.Context(), "1"); !errors.As(err, &unreadable) || len(all) != 0 {
			s.Errorf("connections: %v, %v", all, err)
		}
	})
}

func TestDB_NoLiveAccount_IsNotFound(t *testing.T) {
	each(t, func(s *site) {
		opened := s.open()
		for _, id := range []string{"2", "alice", "01", ""} {
			_, err := opened.Env(s.Context(), id)
			_, errC := opened.Connections(s.Context(), id)
			if !errors.Is(err, accounts.ErrNotFound) || !errors.Is(errC, accounts.ErrNotFound) {
				s.Errorf("%q: %v, %v", id, err, errC)
			}
		}
	})
}

func TestDB_Values_PrintAsStars(t *testing.T) {
	each(t, func(s *site) {
		opened := s.open()
		vars, err := opened.Env(s.Context(), "1")
		s.must(err)
		all, err := opened.Connections(s.Context(), "1")
		s.must(err)
		if said := fmt.Sprintf("%v %+v %#v %s %q", vars, all, vars, all, vars); strings.Contains(said, "canary") {
			s.Error("a value is printed")
		}
	})
}

// Given a manager whose keyset was wrapped by a KMS, when another program opens the store with the key of that, then it reads; and without, it says what
// is missing.
func TestOpen_KeysetIsWrapped_TakesTheKey(t *testing.T) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	key, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(s *site) {
		plain, err := os.ReadFile(s.keyset)
		s.must(err)
		wrapped, err := seal.Wrap(plain, key)
		s.must(err)
		s.must(os.WriteFile(s.keyset, wrapped, 0o600))
		opened, err := db.Open(s.Context(), db.Options{Database: s.address, KeysetFile: s.keyset, KeysetKey: key})
		s.must(err)
		defer func() { s.must(opened.Close()) }()
		if vars, err := opened.Env(s.Context(), "1"); err != nil || len(vars) == 0 {
			s.Errorf("it reads %v, %v", vars, err)
		}
		if _, err := db.Open(s.Context(), db.Options{Database: s.address, KeysetFile: s.keyset}); err == nil ||
			!strings.Contains(err.Error(), "wrapped by a key management service") {
			s.Errorf("without the key: %v", err)
		}
	})
}

func TestOpen_WhatCannotBeOpened_SaysWhy(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.json")
	keyset, err := seal.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, keyset, 0o600); err != nil {
		t.Fatal(err)
	}
	each(t, func(s *site) {
		for want, o := range map[string]db.Options{
			"KeysetFile is empty":                  {Database: s.address},
			"exclude each other":                   {Database: s.address, KeysetFile: s.keyset, InsecureNoSeal: true},
			"looking for the keyset":               {Database: s.address, KeysetFile: s.keyset + "x"},
			"sealed with another keyset":           {Database: s.address, KeysetFile: other},
			"is sealed, and no keyset was given":   {Database: s.address, InsecureNoSeal: true},
			"the address of the store is empty":    {KeysetFile: s.keyset},
			"the scheme of the store's address is": {Database: "mysql://u:hunter2@h/d", KeysetFile: s.keyset},
		} {
			opened, err := db.Open(s.Context(), o)
			if err == nil {
				_ = opened.Close()
				s.Errorf("%s: it opened", want)
			} else if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
				s.Errorf("got %v, wanted %s", err, want)
			}
		}
	})
}
