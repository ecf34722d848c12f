package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/account-operator/account-operator/internal/store"
)

// ofAll may all and for ever, ofReading little and for an hour.
var ofAll = store.APIKey{Name: "laptop", AllRights: true}

func ofReading() store.APIKey {
	return store.APIKey{
		Name: "reads", Rights: []store.KeyRight{store.KeyUserRead, store.KeyTeamRead, store.KeyUserRead},
		Expires: time.Now().Add(time.Hour).Truncate(time.Millisecond),
	}
}

// apiKeys: what programs of account holders prove themselves with.
var apiKeys = []promise{
	{"Keys/one is recognised by its text, and listed without", func(s *scene) {
		id := s.member("alice")
		made, text := s.makesKey(id, "", ofReading())
		in, err := s.Store.Key(s.ctx, text)
		s.must(err)
		whole := string(text.Reveal())
		if in.AccountID != id || in.Email != email("alice") || in.ID != made.ID || in.Session || in.HasFactor || in.TwoFactor != "Optional" ||
			!strings.HasPrefix(whole, store.KeyPrefix) || made.LastFour != whole[len(whole)-4:] || text.Len() != len(store.KeyPrefix)+43 {
			s.Errorf("made %+v, found %+v", made, in)
		}
		if want := []store.KeyRight{store.KeyTeamRead, store.KeyUserRead}; !slices.Equal(in.Rights, want) || in.AllRights ||
			!in.Expires.Equal(made.Expires) || in.Name != "reads" {
			s.Errorf("found %+v", in)
		}
		made.Used, made.Created = time.Now().Truncate(time.Hour).UTC(), in.Created
		if diff := cmp.Diff([]store.APIKey{made}, s.keys(id)); diff != "" {
			s.Error(diff)
		}
		for _, unknown := range []string{"", "another", whole + "x", store.KeySessionPrefix + whole[4:]} {
			_, err := s.Store.Key(s.ctx, store.NewSecret([]byte(unknown)))
			s.isGone(err)
		}
	}},
	{"Keys/who signs in without a password has keys, too", func(s *scene) {
		s.confirm("alice")
		_, text := s.makesKey(s.signedIn(s.enters(subject("alice"))).AccountID, "", ofAll)
		if n := s.count(`SELECT count(*) FROM accounts WHERE password_hash IS NOT NULL`); n != "0" {
			s.Fatal("there is a password")
		}
		s.must(s.keyIsOn(text))
	}},
	{"Keys/a key without rights has none, and one with all has all", func(s *scene) {
		id := s.member("alice")
		_, all := s.makesKey(id, "", ofAll)
		_, none := s.makesKey(id, "", store.APIKey{})
		for _, right := range store.KeyRights {
			if in, err := s.Store.Key(s.ctx, all); err != nil || !in.May(right) {
				s.Errorf("%s: %+v, %v", right, in, err)
			}
			if in, err := s.Store.Key(s.ctx, none); err != nil || in.May(right) {
				s.Errorf("%s: %+v, %v", right, in, err)
			}
		}
	}},
	{"Keys/a key makes only keys that may no more, and for no longer", makesNoMore},
	{"Keys/one that is no key is not made", func(s *scene) {
		h := s.Store.Holder(s.member("alice"))
		for _, want := range []store.APIKey{
			{Name: "a\x00b"}, {Name: strings.Repeat("x", store.MaxKeyName+1)}, {Rights: []store.KeyRight{"everything"}},
			{Expires: time.Now().Add(-time.Second)},
		} {
			if _, _, err := h.CreateKey(s.ctx, "", want); !errors.As(err, new(*store.InvalidError)) {
				s.Errorf("%+v: got %v", want, err)
			}
		}
	}},
	{"Keys/an account has a bounded number, and those that ended do not count", func(s *scene) {
		id := s.member("alice")
		h := s.Store.Holder(id)
		for range store.KeysOfAccount {
			s.makesKey(id, "", ofAll)
		}
		if _, _, err := h.CreateKey(s.ctx, "", ofAll); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("got %v", err)
		}
		s.makesKey(s.member("bob"), "", ofAll)
		s.foreign(`UPDATE api_keys SET ended_at = created_at, hash = NULL WHERE account_id = $1`, atoi(id))
		for range store.KeysOfAccount + 1 {
			made, _ := s.makesKey(id, "", ofAll)
			s.must(h.DeleteKey(s.ctx, made.ID))
		}
		s.makesKey(id, "", ofAll)
		if n := s.count(`SELECT count(*) FROM api_keys WHERE account_id = $1`, atoi(id)); n != "101" || len(s.keys(id)) != 1 {
			s.Errorf("%s are kept", n)
		}
	}},
	{"Keys/one is over at its end, when it is deleted, and when it is replaced", func(s *scene) {
		id := s.member("alice")
		h := s.Store.Holder(id)
		expired, first := s.makesKey(id, "", ofReading())
		deleted, second := s.makesKey(id, "", ofAll)
		former, third := s.makesKey(id, "", ofReading())
		s.foreign(`UPDATE api_keys SET expires_at = $1 WHERE id = $2`, ago(time.Second), expired.ID)
		s.isGone(s.Store.Holder(s.member("bob")).DeleteKey(s.ctx, deleted.ID))
		s.must(h.DeleteKey(s.ctx, deleted.ID))
		made, text, err := h.ReplaceKey(s.ctx, former.ID)
		s.must(err)
		for _, over := range []store.Secret{first, second, third} {
			s.keyIsOver(over)
		}
		for _, id := range []string{expired.ID, deleted.ID, former.ID, "unknown", ""} {
			s.isGone(h.DeleteKey(s.ctx, id))
			_, _, err := h.ReplaceKey(s.ctx, id)
			s.isGone(err)
			_, _, err = h.BeginKeySession(s.ctx, id)
			s.isGone(err)
		}
		in, err := s.Store.Key(s.ctx, text)
		if err != nil || in.Name != former.Name || !slices.Equal(in.Rights, former.Rights) || !in.Expires.Equal(former.Expires) || in.ID != made.ID {
			s.Errorf("found %+v, %v", in, err)
		}
		if len(s.keys(id)) != 1 {
			s.Error("those that are over are listed")
		}
	}},
	{"Keys/a session is its key's, and ends by itself or with it", func(s *scene) {
		id := s.member("alice")
		h := s.Store.Holder(id)
		key, _ := s.makesKey(id, "", ofReading())
		session, expires, err := h.BeginKeySession(s.ctx, key.ID)
		s.must(err)
		in, err := s.Store.Key(s.ctx, session)
		s.must(err)
		if left := time.Until(expires); !in.Session || in.ID != key.ID || !slices.Equal(in.Rights, key.Rights) || left > store.KeySessionLifetime ||
			left < store.KeySessionLifetime-patience || !store.IsKeySession(session) || len(s.keys(id)) != 1 {
			s.Errorf("found %+v until %s", in, expires)
		}
		for range store.KeySessionsOfKey - 1 {
			_, _, err := h.BeginKeySession(s.ctx, key.ID)
			s.must(err)
		}
		s.must(s.keyIsOn(session))
		s.foreign(`UPDATE api_sessions SET expires_at = $1`, ago(time.Second))
		s.keyIsOver(session)
		later, _, err := h.BeginKeySession(s.ctx, key.ID)
		s.must(err)
		if n := s.count(`SELECT count(*) FROM api_sessions`); n != fmt.Sprint(store.KeySessionsOfKey) {
			s.Errorf("%s are kept", n)
		}
		s.must(h.DeleteKey(s.ctx, key.ID))
		s.keyIsOver(later)
	}},
	{"Keys/that the account has a second factor, and that it must, is said", func(s *scene) {
		id := s.member("alice")
		_, text := s.makesKey(id, "", ofAll)
		s.enrol(id)
		s.foreign(`UPDATE accounts SET two_factor_policy = 'Required'`)
		if in, err := s.Store.Key(s.ctx, text); err != nil || !in.HasFactor || in.TwoFactor != "Required" {
			s.Errorf("found %+v, %v", in, err)
		}
	}},
	{"Keys/a key may add a second factor for half an hour after that was allowed, and no other key may", func(s *scene) {
		id := s.member("alice")
		h := s.Store.Holder(id)
		key, text := s.makesKey(id, "", ofAll)
		_, other := s.makesKey(id, "", ofAll)
		may := func(text store.Secret) bool {
			in, err := s.Store.Key(s.ctx, text)
			s.must(err)
			return in.MayAddFactor
		}
		before := may(text)
		s.must(h.AllowFactor(s.ctx, key.ID))
		if before || !may(text) || may(other) {
			s.Errorf("before %t, then %t, the other %t", before, may(text), may(other))
		}
		s.foreign(`UPDATE api_keys SET factor_until = $1`, ago(time.Second))
		if may(text) {
			s.Error("it may for ever")
		}
		s.isGone(h.AllowFactor(s.ctx, "unknown"))
	}},
	{"Keys/what is over is purged after its time, sessions at once", func(s *scene) {
		id := s.member("alice")
		h := s.Store.Holder(id)
		key, _ := s.makesKey(id, "", ofAll)
		_, _, err := h.BeginKeySession(s.ctx, key.ID)
		s.must(err)
		for range 2 {
			made, _ := s.makesKey(id, "", ofReading())
			s.foreign(`UPDATE api_keys SET expires_at = $1 WHERE id = $2`, ago(store.KeysKept+time.Minute), made.ID)
			made, _ = s.makesKey(id, "", ofAll)
			s.must(h.DeleteKey(s.ctx, made.ID))
		}
		s.foreign(`UPDATE api_keys SET ended_at = $1 WHERE id = (SELECT max(id) FROM api_keys WHERE ended_at IS NOT NULL)`, ago(store.KeysKept+time.Minute))
		s.foreign(`UPDATE api_sessions SET expires_at = $1`, ago(time.Second))
		_, err = s.fenced.Purge(s.ctx, time.Now().Add(-time.Hour))
		s.must(err)
		if keys, sessions := s.count(`SELECT count(*) FROM api_keys`), s.count(`SELECT count(*) FROM api_sessions`); keys != "2" || sessions != "0" {
			s.Errorf("%s keys and %s sessions are kept", keys, sessions)
		}
	}},
	{"Keys/no text is in any table, and nothing of them is the account's or is delivered", func(s *scene) {
		id := s.member("alice")
		s.put(account("alice"))
		s.delivered(account("alice"))
		l := s.listen(s.fenced)
		key, text := s.makesKey(id, "", ofAll)
		session, _, err := s.Store.Holder(id).BeginKeySession(s.ctx, key.ID)
		s.must(err)
		s.must(s.keyIsOn(text))
		l.silent()
		for _, table := range []string{"api_keys", "api_sessions", "audit"} {
			rows, err := s.Rows(`SELECT * FROM ` + table)
			s.must(err)
			for _, secret := range []store.Secret{text, session} {
				if contains(fmt.Sprint(rows), store.NewSecret(secret.Reveal()[len(store.KeyPrefix):])) {
					s.Errorf("a key is in %s", table)
				}
			}
		}
	}},
}

func makesNoMore(s *scene) {
	id := s.member("alice")
	h := s.Store.Holder(id)
	whole, _ := s.makesKey(id, "", ofAll)
	reads, _ := s.makesKey(id, "", ofReading())
	endless, _ := s.makesKey(id, "", store.APIKey{Rights: ofReading().Rights})
	s.makesKey(id, whole.ID, ofAll)
	s.makesKey(id, reads.ID, store.APIKey{Rights: []store.KeyRight{store.KeyTeamRead}, Expires: reads.Expires})
	s.makesKey(id, endless.ID, ofReading())
	for by, want := range map[string]store.APIKey{
		"all rights":      {AllRights: true, Expires: reads.Expires},
		"another right":   {Rights: []store.KeyRight{store.KeyUserRead, store.KeyUserWrite}, Expires: reads.Expires},
		"no end":          {Rights: reads.Rights},
		"a later end":     {Rights: reads.Rights, Expires: reads.Expires.Add(time.Second)},
		"no right or end": {},
	} {
		if _, _, err := h.CreateKey(s.ctx, reads.ID, want); !errors.As(err, new(*store.InvalidError)) {
			s.Errorf("%s: got %v", by, err)
		}
	}
	s.must(h.DeleteKey(s.ctx, whole.ID))
	for _, by := range []string{whole.ID, "unknown"} {
		_, _, err := h.CreateKey(s.ctx, by, store.APIKey{})
		s.isGone(err)
	}
	bobs, _ := s.makesKey(s.member("bob"), "", ofAll)
	_, _, err := h.CreateKey(s.ctx, bobs.ID, store.APIKey{})
	s.isGone(err)
}

// makes has a key made, by the key of an ID, or with "" by its holder.
func (s *scene) makesKey(id, by string, want store.APIKey) (store.APIKey, store.Secret) {
	s.Helper()
	made, text, err := s.Store.Holder(id).CreateKey(s.ctx, by, want)
	s.must(err)
	return made, text
}

func (s *scene) keys(id string) []store.APIKey {
	s.Helper()
	all, err := s.Store.Holder(id).Keys(s.ctx)
	s.must(err)
	return all
}

func (s *scene) keyIsOn(text store.Secret) error {
	_, err := s.Store.Key(s.ctx, text)
	return err
}

func (s *scene) keyIsOver(text store.Secret) {
	s.Helper()
	s.isGone(s.keyIsOn(text))
}
