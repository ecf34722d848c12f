package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/cluster"
)

func TestStoreDrill_OnACopy_SaysWhatARestoreWouldDoAndWritesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, sqlite)
	m := s.start(s.as("manager"))
	alice, gone := account("alice"), account("gone")
	s.create(alice, gone)
	s.becomesReady(alice, gone)
	s.stop(m)

	// Given a copy, and what happened since
	text, err := os.ReadFile(s.store.file)
	s.must(err)
	copied := filepath.Join(t.TempDir(), "copy.db")
	s.must(os.WriteFile(copied, text, 0o600))
	m = s.start(s.as("again"))
	bob := account("bob")
	s.create(bob)
	s.delete(gone)
	s.becomesReady(bob)
	s.isGone(gone)
	s.stop(m)
	before := s.content()

	// When a restore of the copy is rehearsed
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	s.must(cluster.WriteKubeconfig(kubeconfig, s.as("person")))
	mark := s.cluster.Audit.Mark()
	r := ends(t, nil, "store", "drill", "--kubeconfig="+kubeconfig, "--store=sqlite://"+copied, "--seal-keyset-file="+s.keyset,
		"--watch-namespaces="+s.ns)

	// Then it says what would be made again, and what would be there again
	if r.Code != 0 {
		t.Fatalf("it ended with %d: %s", r.Code, r.Stderr)
	}
	for _, says := range []string{s.storeID(), fmt.Sprintf("1 (%s/bob)", s.ns), fmt.Sprintf("1 (%s/gone)", s.ns), "every sealed value opens"} {
		if !strings.Contains(r.Stdout, says) {
			t.Errorf("%q is not in:\n%s", says, r.Stdout)
		}
	}

	// And nothing was written, neither to the cluster nor to a store
	writes, err := s.cluster.Audit.Since(mark, cluster.ByUser("person-of-"+s.ns), cluster.Writes)
	s.must(err)
	if len(writes) > 0 {
		t.Errorf("it wrote: %v", cluster.Count(writes))
	}
	s.isUntouched(before)
	if after, err := os.ReadFile(copied); err != nil || string(after) != string(text) {
		t.Errorf("the copy was written (%v)", err)
	}
}
