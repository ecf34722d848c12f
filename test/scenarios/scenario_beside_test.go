package scenarios

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller"
	"github.com/account-operator/account-operator/internal/controller/object"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
)

// startBeside starts another manager on the same store; the scenario that it returns is the first one, but for edit.
func (s *scenario) startBeside(edit func(*scenario)) *scenario {
	s.Helper()
	other := *s
	other.beside = true
	edit(&other)
	other.startManager()
	s.Cleanup(func() { other.stop() })
	return &other
}

// underLease has managers lead under another Lease, so that those who led before go on.
func underLease(name string) func(*controller.Options) {
	return func(o *controller.Options) { o.Lease = name }
}

// elsewhere is another namespace, with a manager of its own.
func (s *scenario) elsewhere() *scenario {
	s.Helper()
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	s.create(ns)
	return s.startBeside(func(o *scenario) { o.ns, o.tune = ns.Name, underLease("elsewhere") })
}

// restartTuned starts the manager again with other options.
func (s *scenario) restartTuned(tune func(*controller.Options)) {
	s.Helper()
	s.tune = tune
	s.restartManager()
}

// portal is the store as the pages have it, on a manager that does not lead.
func (s *scenario) portal() *sqlstore.Store {
	s.Helper()
	p := s.openStore(s.Context(), true)
	s.Cleanup(func() { _ = p.Close() })
	return p
}

// mailed takes the mails that wait, as whoever sends them does.
func (s *scenario) mailed() map[store.MailKind]store.Mail {
	s.Helper()
	if s.sender == nil { // a second one would get again what the first has taken
		fenced, err := s.portal().Lead(s.Context(), "test", "sender")
		s.must(err)
		s.sender = fenced
	}
	mails, _, err := s.sender.TakeMails(s.Context(), true, 100, soon)
	s.must(err)
	byKind := map[store.MailKind]store.Mail{}
	for _, m := range mails {
		byKind[m.Kind] = m
	}
	return byKind
}

// vouch has a cluster administrator allow adoption in the scenario's namespace.
func (s *scenario) vouch() {
	s.Helper()
	label := []byte(`{"metadata":{"labels":{"account-operator.io/allow-adoption":"true"}}}`)
	s.must(s.api.Patch(context.Background(), s.namespaceObject(), client.RawPatch("application/merge-patch+json", label)))
}

// hasConditionWithin waits at most a second until the condition has this status and reason.
func (s *scenario) hasConditionWithin(obj object.Object, condition string, status metav1.ConditionStatus, reason v1alpha1.Reason) {
	s.Helper()
	s.eventually(atOnce, func() string {
		s.must(s.api.Get(context.Background(), client.ObjectKeyFromObject(obj), obj))
		c := meta.FindStatusCondition(obj.CommonStatus().Conditions, condition)
		if c == nil || c.Status != status || c.Reason != string(reason) {
			return describe(obj.CommonStatus().Conditions)
		}
		return ""
	})
}

// lacks complains unless the condition has this reason.
func (s *scenario) lacks(obj object.Object, condition string, reason v1alpha1.Reason) string {
	if c := meta.FindStatusCondition(obj.CommonStatus().Conditions, condition); c != nil && c.Reason == string(reason) {
		return ""
	}
	return describe(obj.CommonStatus().Conditions)
}

// live counts the live accounts of an address.
func (s *scenario) live(address string) int {
	s.Helper()
	return s.count(`SELECT count(*) FROM accounts WHERE email_key = lower(?) AND deleted_at IS NULL`, address)
}
