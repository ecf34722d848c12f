package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/test/manager"
	"github.com/account-operator/account-operator/test/smtp"
)

// health is for how many minutes of the tape nothing is wrong.
const health = 20

func (s *scene) recordHealth(r *tape, m *manager.Manager) {
	s.Helper()
	s.record(r, m)
	r.hold(health)
}

// observed starts a manager whose metrics are read, and at last what it logged.
func (s *scene) observed(access *rest.Config, args ...string) *manager.Manager {
	s.Helper()
	m := s.startWith(access, manager.Options{Metrics: true, Args: append([]string{"--watch-namespaces=" + s.ns}, args...)})
	s.Cleanup(func() { s.logsAsDocumented(m) })
	return m
}

// withToken makes an account whose set takes a value from the Secret hf.
func (s *scene) withToken() *v1alpha1.EnvVarSet {
	s.Helper()
	alice, set := account("alice"), envVarSet("base", "alice", "hf", "TOKEN")
	s.create(alice, secret("hf", "TOKEN"), set)
	s.becomesReady(alice, set)
	return set
}

func (s *scene) rotate() {
	s.Helper()
	change(s, &corev1.Secret{ObjectMeta: inNamespace("hf", s.ns)}, func(o *corev1.Secret) {
		o.Data["TOKEN"] = append(o.Data["TOKEN"], '+')
	})
}

func strangerHoldsTheLease(s *scene, r *tape) trouble {
	m := s.observed(s.as("manager"), s.elected()...)
	s.withToken()
	s.recordHealth(r, m)
	s.stop(m)

	lease := &coordinationv1.Lease{ObjectMeta: inNamespace("account-operator", s.ns)}
	change(s, lease, func(l *coordinationv1.Lease) {
		stranger, hour, now := "stranger", int32(3600), metav1.NowMicro()
		l.Spec = coordinationv1.LeaseSpec{HolderIdentity: &stranger, LeaseDurationSeconds: &hour, AcquireTime: &now, RenewTime: &now}
	})
	standby := s.observed(s.as("standby"), s.elected()...)
	s.scrapable(standby)
	s.record(r, standby)
	r.hold(12)
	return trouble{
		pod:   []life{{m, 0}, {standby, 0}},
		cause: "it runs, and the `HOLDER` of its Lease begins with the name of none of these Pods", shows: []string{"stranger"},
		over: func() *manager.Manager {
			s.scrapes(standby, "account_operator_leading_epoch")
			return standby
		},
	}
}

func managersFightForTheLead(s *scene, r *tape) trouble {
	ours, rival := []*manager.Manager{s.observed(s.as("manager"))}, (*manager.Manager)(nil)
	s.withToken()
	s.recordHealth(r, ours[0])
	for n := range 5 {
		next := s.observed(s.as(fmt.Sprintf("manager-%d", n)))
		s.rotateBy(next) // the store refuses the one before, which ends
		s.record(r, next)
		if n%2 == 0 {
			rival = next
		} else {
			ours = append(ours, next)
		}
	}
	return trouble{
		pod:   s.ended(ours),
		cause: "4 |", shows: []string{"account-operator-0 4\n", "another manager", "(1 row)"},
		cure: func() { s.stop(rival) },
		over: func() *manager.Manager {
			again := s.observed(s.as("manager"))
			s.scrapes(again, "account_operator_leading_epoch")
			return again
		},
		late: 60,
	}
}

// ended are managers that ended by themselves, with how.
func (s *scene) ended(all []*manager.Manager) (lives []life) {
	s.Helper()
	for _, m := range all {
		code, err := m.ExitCode(s.Context())
		s.must(err)
		lives = append(lives, life{m, code})
	}
	return lives
}

// rotateBy rotates until a manager has the lead.
func (s *scene) rotateBy(m *manager.Manager) {
	s.Helper()
	s.scrapes(m, "account_operator_leading_epoch")
	s.rotate()
}

func rightIsTakenAway(s *scene, r *tape) trouble {
	role := &rbacv1.ClusterRole{ObjectMeta: named("reader-of-" + s.ns), Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{"account-operator.io"}, Resources: []string{"*"}, Verbs: []string{"*"}},
		{APIGroups: []string{"", "events.k8s.io"}, Resources: []string{"events", "namespaces", "configmaps"}, Verbs: []string{"*"}},
		{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "list", "watch"}},
	}}
	user := "system:serviceaccount:" + s.ns + ":account-operator"
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: named(role.Name), RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, Name: user}},
	}
	for _, o := range []client.Object{role, binding} {
		s.must(s.api.Create(s.Context(), o))
		s.Cleanup(func() { _ = s.api.Delete(context.Background(), o) })
	}
	reader, err := client.New(s.cluster.As(user), client.Options{Scheme: s.api.Scheme()})
	s.must(err)
	m := s.observed(s.cluster.As(user))
	set := s.withToken()
	s.recordHealth(r, m)

	change(s, role, func(r *rbacv1.ClusterRole) { r.Rules[2].Verbs = []string{"list", "watch"} })
	s.eventually(func(ctx context.Context) string {
		err := reader.Get(ctx, client.ObjectKey{Namespace: s.ns, Name: "hf"}, &corev1.Secret{})
		if !apierrors.IsForbidden(err) {
			return fmt.Sprintf("the right is still there (%v)", err)
		}
		return ""
	})
	s.rotate()
	s.becomes(set, metav1.ConditionFalse, v1alpha1.ReasonAPIError)
	s.exceeds(m, 0, "account_operator_objects", `reason="APIError"`)
	s.record(r, m)
	r.hold(20)
	return trouble{
		pod: []life{{m, 0}}, name: set.Name,
		cause: "`the API server refused a read` in all namespaces", shows: []string{"APIError", "the API server refused a read", "[list watch]"},
		cure: func() {
			change(s, role, func(r *rbacv1.ClusterRole) { r.Rules[2].Verbs = []string{"get", "list", "watch"} })
		},
		over: func() *manager.Manager {
			s.becomesReady(set)
			s.falls(m, "account_operator_objects", `reason="APIError"`)
			return m
		},
	}
}

func mailServerRefuses(s *scene, r *tape) trouble {
	var mended atomic.Bool
	mails, err := smtp.Start(smtp.Options{Answer: func(smtp.Stage) error {
		if mended.Load() {
			return nil
		}
		return smtp.Refuse(451)
	}})
	s.must(err)
	s.Cleanup(func() { s.must(mails.Stop()) })
	m := s.observed(s.as("manager"), s.mailsTo(mails)...)
	s.scrapes(m, "account_operator_mail_outbox")
	s.recordHealth(r, m)

	s.withToken() // of whose address a mail asks
	s.exceeds(m, 0, "account_operator_mails_total", `outcome="retried"`)
	s.record(r, m)
	r.hold(65)
	return trouble{
		pod: []life{{m, 0}}, name: "alice",
		cause: "`refused the sender`, `the recipient` or `the message`, with a code of 4xx", shows: []string{"the mail server refused the sender (451)"},
		cure: func() { mended.Store(true) },
		over: func() *manager.Manager {
			s.exceeds(m, 0, "account_operator_mails_total", `outcome="sent"`)
			return m
		},
	}
}

// mailsTo are the flags by which a manager sends mails.
func (s *scene) mailsTo(server *smtp.Server) []string {
	s.Helper()
	file := filepath.Join(s.TempDir(), "smtp-url")
	s.must(os.WriteFile(file, []byte("smtp://"+server.Address()), 0o600))
	return []string{
		"--smtp-url-file=" + file, "--mail-from=no-reply@example.com",
		"--portal-url=https://accounts.example.com", "--portal-bind-address=127.0.0.1:0",
	}
}

func machineRuns(s *scene, r *tape) trouble {
	m := s.observed(s.as("manager"))
	s.withToken()
	s.recordHealth(r, m)

	s.foreign(`INSERT INTO machines (id, account_id) SELECT 'm-1', id FROM accounts`)
	alice := account("alice")
	alice.Namespace = s.ns
	s.delete(alice)
	s.becomes(alice, metav1.ConditionFalse, v1alpha1.ReasonDeletionBlocked)
	s.exceeds(m, 0, "account_operator_deletion_blocked", "")
	s.record(r, m)
	r.hold(65)
	return trouble{
		pod: []life{{m, 0}}, name: "alice",
		cause: "`DeletionBlocked` and what is in the way", shows: []string{"DeletionBlocked: the account still has 1 machine (m-1)"},
		over: func() *manager.Manager {
			s.isGone(alice)
			s.falls(m, "account_operator_deletion_blocked", "")
			return m
		},
	}
}

// scrapable waits until a manager serves metrics.
func (s *scene) scrapable(m *manager.Manager) { s.scrapes(m, "process_start_time_seconds") }

// scrapes waits until a manager serves this metric.
func (s *scene) scrapes(m *manager.Manager, metric string) {
	s.Helper()
	s.eventually(func(ctx context.Context) string {
		page, err := m.Metrics(ctx)
		if err != nil {
			return err.Error()
		}
		if !strings.Contains(page, "\n"+metric) {
			return "the manager does not serve " + metric
		}
		return ""
	})
}

// exceeds waits until a metric is larger than this: what an object says shows in metrics a moment later.
func (s *scene) exceeds(m *manager.Manager, limit int, metric, label string) {
	s.Helper()
	s.eventually(func(context.Context) string {
		if n := s.sum(m, metric, label); n <= limit {
			return fmt.Sprintf("%s{%s} is %d", metric, label, n)
		}
		return ""
	})
}

// falls waits until a metric is 0 or gone.
func (s *scene) falls(m *manager.Manager, metric, label string) {
	s.Helper()
	s.eventually(func(context.Context) string {
		if n := s.sum(m, metric, label); n > 0 {
			return fmt.Sprintf("%s{%s} is %d", metric, label, n)
		}
		return ""
	})
}

func (s *scene) sum(m *manager.Manager, metric, label string) int {
	s.Helper()
	n, err := m.Sum(s.Context(), metric, label)
	s.must(err)
	return n
}
