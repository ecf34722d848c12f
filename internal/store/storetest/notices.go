package storetest

import "github.com/account-operator/account-operator/internal/store"

// notices are of what holders do, or whoever acts in their name.
var notices = []promise{
	{"Notices/a browser that is not known is mailed, once it is signed in, and neither the first one nor one that is known", func(s *scene) {
		s.member("bob")
		bobs := laptop
		bobs.Token = s.signs("bob", laptop).Browser
		id := s.member("alice")
		s.sendsAll()
		known := laptop
		known.Token = s.signs("alice", laptop).Browser
		known.Token = s.signs("alice", known).Browser
		s.takes()
		s.signs("alice", bobs)
		s.takes(store.MailSignedIn)

		s.enrol(id)
		s.sendsAll()
		half := s.signs("alice", phone)
		s.takes()
		_, err := s.Store.CompleteSession(s.ctx, half.Session, phone)
		s.must(err)
		if to := s.takes(store.MailSignedIn)[0].To; to != email("alice") {
			s.Errorf("mailed to %s", to)
		}
	}},
	{"Notices/whoever signs in first with another password is not mailed of it", func(s *scene) {
		s.member("alice")
		s.signs("alice", laptop)
		s.sendsAll()
		s.foreign(`UPDATE accounts SET password_hash = 'another'`)
		s.signs("alice", phone)
		s.takes(store.MailPasswordChanged)
	}},
	{"Notices/a provider that is bound is mailed, once", func(s *scene) {
		s.confirm("alice")
		s.sendsAll()
		s.enters(subject("alice"))
		s.takes(store.MailSubjectBound)
		given := s.enters(subject("alice"))
		s.sendsAll()
		known := laptop
		known.Token = given.Browser
		_, err := s.Store.BeginSubjectSession(s.ctx, subject("alice"), known)
		s.must(err)
		s.takes()
	}},
	{"Notices/a key that is made, or takes the place of another, is mailed, and one that is not made is not", func(s *scene) {
		id := s.member("alice")
		s.sendsAll()
		made, _ := s.makesKey(id, "", ofAll)
		s.takes(store.MailKeyMade)
		_, _, err := s.Store.Holder(id).ReplaceKey(s.ctx, made.ID)
		s.must(err)
		s.takes(store.MailKeyMade)
		_, _, err = s.Store.Holder(id).CreateKey(s.ctx, made.ID, store.APIKey{})
		s.isGone(err)
		s.takes()
	}},
}
