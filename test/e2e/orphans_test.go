package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/cluster"
	"github.com/account-operator/account-operator/test/manager"
)

// An account whose object went without the manager's knowing is listed and given up beside the running manager, which goes
// on leading.
func TestOrphans_BesideAManager_AreListedAndReleased(t *testing.T) {
	onBoth(t, func(t *testing.T, dialect string) {
		s := newScene(t, dialect)
		m := s.start(s.as("manager"))
		gone, kept := account("gone"), account("kept")
		s.create(gone, kept)
		s.becomesReady(gone, kept)
		s.stop(m)
		change(s, gone, func(a *v1alpha1.Account) { a.Finalizers = nil })
		s.delete(gone)
		s.isGone(gone)
		s.start(s.as("manager"))
		change(s, kept, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Dark" })
		s.becomesReady(kept)

		listed := s.orphans()
		if listed.Code != 0 || !strings.Contains(listed.Stdout, string(gone.UID)) || strings.Contains(listed.Stdout, string(kept.UID)) {
			t.Errorf("status %d, listed:\n%s%s", listed.Code, listed.Stdout, listed.Stderr)
		}
		released := s.orphans("--release")
		if released.Code != 0 || !strings.Contains(released.Stdout, "1 released") {
			t.Errorf("status %d, released:\n%s%s", released.Code, released.Stdout, released.Stderr)
		}
		if left := s.orphans(); strings.Contains(left.Stdout, string(gone.UID)) {
			t.Errorf("still listed:\n%s", left.Stdout)
		}
		if got := s.column(`SELECT email FROM accounts WHERE uid IS NULL AND deleted_at IS NULL`); len(got) != 1 || got[0] != gone.Spec.Email {
			t.Errorf("managed by nobody: %v", got)
		}

		change(s, kept, func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = "Light" })
		s.becomesReady(kept)
	})
}

// orphans runs the command against this scene's store.
func (s *scene) orphans(args ...string) manager.Result {
	s.Helper()
	kubeconfig := filepath.Join(s.TempDir(), "kubeconfig")
	s.must(cluster.WriteKubeconfig(kubeconfig, s.as("person")))
	return ends(s.T, nil, append([]string{
		"store", "orphans", "--kubeconfig=" + kubeconfig, "--store=" + s.store.address, "--seal-keyset-file=" + s.keyset,
	}, args...)...)
}
