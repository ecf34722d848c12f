package scenarios

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
)

// hasKey waits until the store has this key, as its line says it, of an object.
func (s *scenario) hasKey(name, line string) {
	s.Helper()
	s.eventually(soon, func() string {
		if s.count(`SELECT count(*) FROM ssh_keys WHERE name = ? AND type || ' ' || key || ' ' || comment = ?`, name, line) == 1 {
			return ""
		}
		return "the store does not have the key " + line
	})
}

// Given an Account, when an SSHKey of it is created, edited and changed in the store by another client, then the store has what the
// spec says each time, and status says what ssh-keygen would.
func TestSSHKey_CreatedEditedAndDrifted_StoreHasTheSpec(t *testing.T) {
	s := withAlice(t)
	key := sshKey("laptop", "alice")
	s.create(key)
	s.becomesReady(key)
	s.hasKey("laptop", publicKey)
	if st := key.Status; st.Type != "ssh-ed25519" || st.Fingerprint != "SHA256:mx3sk+b1kt8J2SInDQMifzBcX/7P8+WDcdlHRQourx8" ||
		s.count(`SELECT count(*) FROM ssh_keys WHERE id = ?`, st.KeyID) != 1 {
		t.Errorf("status says %+v", st)
	}
	id := key.Status.KeyID

	change(s, key, func(k *v1alpha1.SSHKey) { k.Spec.PublicKey = otherKey })
	s.hasKey("laptop", otherKey)
	s.becomesReady(key)
	if st := key.Status; st.Fingerprint != "SHA256:7haXqr0KuzraaOypdopx4Aa0Arf79dDi6lvy9oZfsYE" || st.KeyID != id {
		t.Errorf("status says %+v", st)
	}

	s.foreign(`UPDATE ssh_keys SET key = 'AAAA', comment = 'mallory'`)
	s.hasKey("laptop", otherKey)
	if note := s.receivesEvent(key, "DriftCorrected"); !strings.Contains(note, "publicKey") {
		t.Errorf("the event says %q", note)
	}
	s.foreign(`DELETE FROM ssh_keys`)
	s.hasKey("laptop", otherKey)
}

// Given an SSHKey that only reports drift, when another client changes or removes the key, then that is left and named, and status shows the
// key that the store has.
func TestSSHKey_ReportedDrift_IsLeftAndShown(t *testing.T) {
	s := withAlice(t)
	key := sshKey("laptop", "alice")
	key.Spec.DriftPolicy = v1alpha1.DriftReport
	s.create(key)
	s.becomesReady(key)

	other := strings.Fields(otherKey)
	s.foreign(`UPDATE ssh_keys SET key = '` + other[1] + `'`)
	s.reportsDrift(key, "publicKey")
	s.eventually(soon, func() string {
		s.becomesReady(key)
		if key.Status.Fingerprint != "SHA256:7haXqr0KuzraaOypdopx4Aa0Arf79dDi6lvy9oZfsYE" {
			return "status shows " + key.Status.Fingerprint
		}
		return ""
	})
	s.restartManager()
	s.reportsDrift(key, "publicKey")

	s.foreign(`DELETE FROM ssh_keys`)
	s.reportsDrift(key, "key")

	change(s, key, func(k *v1alpha1.SSHKey) { k.Spec.DriftPolicy = v1alpha1.DriftCorrect })
	s.hasKey("laptop", publicKey)
	s.reportsDrift(key)
}

// Given two SSHKeys, of which one is retained, when both are deleted, then the one goes and the other becomes the account holder's, and is
// taken back by the same object made again.
func TestSSHKey_Deleted_IsTakenOrLeft(t *testing.T) {
	s := withAlice(t)
	goes, stays := sshKey("goes", "alice"), sshKey("stays", "alice")
	stays.Spec.DeletionPolicy = v1alpha1.DeletionRetain
	s.create(goes, stays)
	s.becomesReady(goes, stays)
	id := stays.Status.KeyID

	s.delete(goes)
	s.delete(stays)
	s.isGone(goes)
	s.isGone(stays)
	if s.count(`SELECT count(*) FROM ssh_keys`) != 1 || s.count(`SELECT count(*) FROM ssh_keys WHERE uid IS NULL`) != 1 {
		t.Error("the one is not gone, or the other not the holder's")
	}

	again := sshKey("stays", "alice")
	s.create(again)
	s.becomesReady(again)
	if again.Status.KeyID != id || s.count(`SELECT count(*) FROM ssh_keys`) != 1 {
		t.Errorf("the key %s became %s", id, again.Status.KeyID)
	}
}

// Given an Account with an SSHKey, when the Account is deleted, then the key goes with it, and the object says why it is not Ready and can be
// deleted.
func TestSSHKey_AccountDeleted_GoesWithIt(t *testing.T) {
	s := withAlice(t)
	key := sshKey("laptop", "alice")
	s.create(key)
	s.becomesReady(key)

	s.delete(account2(s, "alice"))

	s.becomes(key, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if n := s.count(`SELECT count(*) FROM ssh_keys`); n != 0 {
		t.Errorf("%d keys outlived the account", n)
	}
	s.delete(key)
	s.isGone(key)
}

// Given SSHKeys in sync, when the manager restarts, then it writes nothing.
func TestSSHKey_Restart_WritesNothing(t *testing.T) {
	s := withAlice(t)
	key := sshKey("laptop", "alice")
	s.create(key)
	s.becomesReady(key)
	s.quiet(key)
	version := s.count(`SELECT version FROM ssh_keys`)
	s.watch()

	s.view = newView()
	s.restartManager()
	s.eventually(soon, func() string {
		if s.view.readsOf(key) > 0 {
			return ""
		}
		return "void: the key was not looked at"
	})

	last := sshKey("last", "alice") // reconciled after all that was there before
	s.create(last)
	s.becomesReady(last)
	s.costs("create the last key, and for the restart nothing", map[string]int{"patch sshkeys": 1, "update sshkeys/status": 1})
	if s.count(`SELECT version FROM ssh_keys WHERE name = 'laptop'`) != version {
		t.Error("the row was written")
	}
}

// Given one public key in two SSHKeys of an account, then each has a key of its own, so that the end of one takes nothing from the other.
func TestSSHKey_SameKeyTwice_EachHasItsOwn(t *testing.T) {
	s := withAlice(t)
	one, two := sshKey("one", "alice"), sshKey("two", "alice")
	s.create(one, two)
	s.becomesReady(one, two)
	if one.Status.KeyID == two.Status.KeyID {
		t.Error("both have the same row")
	}

	s.delete(one)
	s.isGone(one)
	s.hasKey("two", publicKey)
}

// Given a text that has the form of a key and is none, when it is written, then the object says so and repeats nothing of it, and what the
// store had stays.
func TestSSHKey_NoKey_IsReported(t *testing.T) {
	s := withAlice(t)
	key := sshKey("laptop", "alice")
	s.create(key)
	s.becomesReady(key)

	change(s, key, func(k *v1alpha1.SSHKey) { k.Spec.PublicKey = "ssh-ed25519 " + canary[:6] + " alice" })

	if message := s.becomes(key, metav1.ConditionFalse, v1alpha1.ReasonInvalid); strings.Contains(message, canary[:6]) {
		t.Errorf("the message repeats it: %s", message)
	}
	s.hasKey("laptop", publicKey)
	change(s, key, func(k *v1alpha1.SSHKey) { k.Spec.PublicKey = otherKey })
	s.becomesReady(key)
	s.hasKey("laptop", otherKey)
}

// Given an SSHKey that went past its finalizer, when it is made again under another account, then the key is in that account alone.
func TestSSHKey_MadeAgainUnderAnotherAccount_LeavesNothingInTheFormerOne(t *testing.T) {
	s := withAlice(t)
	bob, key := account("bob", "bob@example.com"), sshKey("laptop", "alice")
	s.create(bob, key)
	s.becomesReady(bob, key)

	s.stop()
	s.ghost(key)
	again := sshKey("laptop", "bob")
	s.create(again)
	s.startManager()

	s.becomesReady(again)
	const held = `SELECT count(*) FROM ssh_keys k JOIN accounts a ON a.id = k.account_id WHERE a.email = ?`
	if alices, bobs := s.count(held, email), s.count(held, "bob@example.com"); alices != 0 || bobs != 1 {
		t.Errorf("the former account has %d keys, the new one %d", alices, bobs)
	}
}

// Given an Account, when it gets and loses an SSHKey, then its status counts that.
func TestAccountCounts_SSHKeys_AreShown(t *testing.T) {
	s := withAlice(t)
	s.restartTuned(func(o *controller.Options) { o.Recount = 50 * time.Millisecond })
	counts := func(want int) {
		s.eventually(soon, func() string {
			alice := account2(s, "alice")
			s.becomesReady(alice)
			if n := alice.Status.SSHKeyCount; n == nil || int(*n) != want {
				return "status does not count them"
			}
			return ""
		})
	}
	key := sshKey("laptop", "alice")
	s.create(key)
	counts(1)

	s.delete(key)
	counts(0)
}
